// Jest's configuration for the tests that need moto: the common configuration, restricted to these tests.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/moto/**/*.test.ts'],
};
