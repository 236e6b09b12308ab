// Jest's configuration for the tests that need boto3: the common configuration, restricted to these tests.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/boto3/**/*.test.ts'],
  // boto3 takes seconds to load, and so does its client for each service.
  testTimeout: 300_000,
};
