// Jest's configuration for the tests that need the AWS CLI: the common configuration, restricted to these tests.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/aws-cli/**/*.test.ts'],
  // Each command takes about a second, and a waiter that is not satisfied at once takes at least 15 seconds.
  testTimeout: 600_000,
};
