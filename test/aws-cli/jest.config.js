// Jest's configuration for the tests that need the AWS CLI: the common configuration, restricted to these tests.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/aws-cli/**/*.test.ts'],
  // A test runs up to a hundred commands, which take a second each, or several on a busy machine.
  testTimeout: 1_800_000,
};
