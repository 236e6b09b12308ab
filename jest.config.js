// How jest runs the tests: TypeScript through swc, in any order, on all cores, without a network.
import { availableParallelism } from 'node:os';

/** They take long, or a program that not everybody has: `npm run sweep` runs them. */
export const LONG = [
  ...[
    'every-call-of-an-adoption',
    'every-call-that-only-looks',
    'failure-modes/',
    'interrupt/',
    'secrets/',
    'state/',
    'killed',
    'fuzz/run-with-any-state',
  ].map((name) => `sweep/${name}`),
  ...['autoscaling', 'half-built', 'missing', 'property', 'replaced-without-an-outage'].map(
    (name) => `converge/${name}`,
  ),
  ...[
    'the-aws-cli',
    'what-somebody-broke',
    'a-run-that-makes-nothing',
    'a-second-sandbox',
    'a-teardown-needs',
    'several-services',
    'two-runs',
    'what-a-container-writes',
    'the-sandbox-is-killed',
    'a-program-that',
    'documented-commands',
  ].map((name) => `journeys/${name}`),
  ...['push-and-run', 'runtime/network'].map((name) => `sandbox/${name}`),
].map((name) => `test/${name}`);

export default {
  testEnvironment: '<rootDir>/test/environment.cjs',
  runtime: '<rootDir>/test/runtime.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/services/*/test/**/*.test.ts'],
  // Need moto_server, and Terraform: npm run test:moto, npm run test:terraform.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/moto/',
    '<rootDir>/test/terraform/',
    ...(process.env.SWEEP ? [] : LONG.map((name) => `<rootDir>/${name}`)),
  ],
  setupFiles: process.env.SEED ? ['<rootDir>/test/seed.cjs'] : [],
  modulePathIgnorePatterns: ['<rootDir>/.slipway'],
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: true,
      },
    ],
  },
  randomize: true,
  // Where tests wait for programs to start and to stop, the cores have time for others.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // A bound against hanging, not a measure of speed: a loaded machine must not fail a test.
  testTimeout: 60_000,
};
