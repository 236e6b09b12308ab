// Jest's configuration for the tests that need Terraform: the common one, with these tests only.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/terraform/**/*.test.ts'],
  // Terraform's provider waits for its resources: half a minute before it first polls a load balancer.
  testTimeout: 1_800_000,
};
