// Jest's configuration for the tests that need a container engine: the common configuration, restricted to these tests.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/engines/**/*.test.ts'],
};
