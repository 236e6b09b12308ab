// Jest's configuration for the deploys with a fault: the common configuration, restricted to these tests.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/deploys/sample'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/deploys/**/*.test.ts'],
};
