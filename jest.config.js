// How jest runs the tests: TypeScript through swc, every file in its own process-wide order, no network.
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/services/*/test/**/*.test.ts'],
  // Needs moto_server: npm run test:moto.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/moto/'],
  modulePathIgnorePatterns: ['<rootDir>/.slipway'],
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // These packages are ES modules only; jest's own loader wants them transformed.
  transformIgnorePatterns: ['/node_modules/(?!(p-retry|is-network-error|write-file-atomic|modern-tar)/)'],
  randomize: true,
  // A bound against hanging, not a measure of speed: a loaded machine must not fail a test.
  testTimeout: 60_000,
};
