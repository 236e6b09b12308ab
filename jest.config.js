// Jest's configuration: TypeScript through swc, random order, all cores, no network.
import { availableParallelism } from 'node:os';

/** Test files that take long or need a program that may be missing; `npm run sweep` runs them. */
export const LONG = [
  ...[
    'every-call-of-a-deployment-with-a-release',
    'every-call-of-an-adoption',
    'every-call-of-a-read-only-run',
    'failure-modes/',
    'interrupt/',
    'secrets/',
    'state/',
    'killed',
    'fuzz/run-with-wrong-state',
  ].map((name) => `sweep/${name}`),
  ...[
    'access-logs',
    'arbitrary-stacks',
    'autoscaling',
    'combined-changes',
    'domain-delegation',
    'domain-surroundings',
    'everything-on',
    'everything-without-outage',
    'grpc',
    'half-built',
    'last-ten-revisions',
    'missing-resources',
    'partitions',
    'permissions',
    'replacement-without-outage',
    'rollback',
    'routes',
    'strategies',
    'web-acl',
    'without-routes',
  ].map((name) => `converge/${name}`),
  ...[
    'apps',
    'broken-program',
    'concurrent-runs',
    'container-logs',
    'crash-loop',
    'dashboard',
    'dev',
    'documented-commands',
    'history-and-rollback',
    'killed-sandbox',
    'interrupted-provision',
    'job-first',
    'manual-changes',
    'programmatic-api',
    'sandbox-environment',
    'second-sandbox',
    'secrets',
    'shared-load-balancer',
    'shifting-requests',
    'state-per-stack',
    'steering',
    'teardown-without-state',
    'unused-sandbox',
  ].map((name) => `journeys/${name}`),
  ...[
    'data-plane/draining',
    'data-plane/intercepts',
    'data-plane/traffic-shift',
    'push-and-run',
    'runtime/network',
  ].map((name) => `sandbox/${name}`),
].map((name) => `test/${name}`);

export default {
  testEnvironment: '<rootDir>/test/environment.cjs',
  runtime: '<rootDir>/test/runtime.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/services/*/test/**/*.test.ts'],
  // These need programs that may be missing; each has its own script, such as npm run test:moto.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/moto/',
    '<rootDir>/test/engines/',
    '<rootDir>/test/skopeo/',
    '<rootDir>/test/terraform/',
    '<rootDir>/test/boto3/',
    '<rootDir>/test/aws-cli/',
    '<rootDir>/test/install/',
    '<rootDir>/test/browser/',
    // npm run test:deploys runs all of them.
    '<rootDir>/test/deploys/(?!sample)',
    ...(process.env.SWEEP ? [] : LONG.map((name) => `<rootDir>/${name}`)),
  ],
  setupFiles: process.env.SEED ? ['<rootDir>/test/seed.cjs'] : [],
  modulePathIgnorePatterns: ['<rootDir>/.slipway', '<rootDir>/dist'],
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
  // Many tests mostly wait for programs to start and stop, so more workers than cores make the run faster.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // Only guards against hanging tests: a loaded machine must not make a test fail.
  testTimeout: 60_000,
};
