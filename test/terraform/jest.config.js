// How jest runs the tests that need Terraform and its AWS provider: as all others, but these alone.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/terraform/**/*.test.ts'],
  // Terraform's provider waits for what it made: half a minute before it first looks at a load balancer.
  testTimeout: 1_800_000,
};
