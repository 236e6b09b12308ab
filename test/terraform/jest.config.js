// Jest's configuration for the tests that need Terraform: the common configuration, restricted to these tests.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/terraform/**/*.test.ts'],
  // Terraform's provider is slow: it first polls a new load balancer after half a minute.
  testTimeout: 1_800_000,
};
