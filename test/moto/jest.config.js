// How jest runs the tests that need moto: as all others, but these alone.
import base from '../../jest.config.js';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  rootDir: '../..',
  testMatch: ['<rootDir>/test/moto/**/*.test.ts'],
};
