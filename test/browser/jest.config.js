// Jest's configuration for the tests that need Chromium: the common configuration, restricted to these tests.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
  testTimeout: 240_000,
};
