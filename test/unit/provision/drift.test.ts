// The text and the exit code of npm run drift.
import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../../provision/plan.ts';
import { driftResult, fingerprint } from '../../../provision/drift.ts';
import { change, foundAt, foundFor, planOf } from '../engine-harness.ts';
import { config } from '../step-harness.ts';

const stackAndRegion = {
  stack: 'shop-dev',
  target: 'sandbox',
  region: 'eu-west-1',
  account: '000000000000',
} as const;
const found = { vpc: foundAt('vpc', '') };
/** Returns the result for a plan. @param lastFingerprint the fingerprint of the last provision */
const result = (plan: Plan, lastFingerprint?: string) =>
  driftResult(plan, config(), stackAndRegion, lastFingerprint, 'current', 'npm run provision -- --stage dev');

test('the fingerprint of a configuration changes only when the configuration does', () => {
  expect(fingerprint(config())).toBe(fingerprint(config()));
  expect(fingerprint(config())).not.toBe(fingerprint(config({ logRetentionDays: 30 })));
  expect(fingerprint(config())).toMatch(/^[\da-f]{16}$/);
});

describe('the result', () => {
  test('without drift, the exit code is 0 and the number of resources is printed', () => {
    const plan = { ...planOf([], found), kept: ['vpc'] };
    expect(result(plan)).toMatchObject({
      exitCode: 0,
      text: 'No drift. Resources that match the configuration: 1.',
      json: {
        ...stackAndRegion,
        configurationChanged: false,
        rollbacks: [],
        drift: expect.objectContaining({ changes: [] }),
        warnings: [],
      },
    });
  });

  test('a service that does not work as configured is drift, even if every resource matches', () => {
    const health = {
      runningCount: 1,
      unregistered: [],
      unhealthy: [{ container: 'api1', address: '10.0.0.4', port: 5000, why: 'Request timed out' }],
      ended: [],
    };
    const services = { web: foundFor('services', 'web', { desiredCount: 1, health }) };
    const plan = { ...planOf([], { ...found, services }), kept: ['vpc', 'services.web'] };
    const { exitCode, text, json } = result(plan);
    expect(exitCode).toBe(2);
    expect(text.split('\n')).toEqual([
      expect.stringMatching(
        /^ {2}services\.web: the target 10\.0\.0\.4:5000 of api1 is unhealthy: Request timed out\. /,
      ),
      'Drift: all 2 resources match the configuration, but not all of them work as configured.',
    ]);
    expect(json).toMatchObject({ warnings: [expect.stringContaining('services.web')] });
  });

  test('with drift, the exit code is 2, and the differences and the command that repairs them are printed', () => {
    const fields = [
      { field: 'dns.support', from: false, to: true },
      { field: 'tag.Name', from: undefined, to: 'shop-dev-vpc' },
    ];
    const plan = {
      ...planOf([change('vpc', '', 'update', { fields })], found),
      kept: ['elasticIp', 'cluster'],
    };
    const { exitCode, text, json } = result(plan);
    expect(exitCode).toBe(2);
    const lines = text.split('\n');
    expect(lines).toEqual([
      'Network',
      '  ~ VPC',
      '      dns support: now false; configured: true',
      'Drift: 1 of 3 resources differ from the configuration. To repair: npm run provision -- --stage dev',
    ]);
    expect(json).toMatchObject({ drift: { changes: [{ address: 'vpc', verb: 'update' }] } });
  });

  test.each([
    ['another configuration', 'other', true],
    ['this configuration', 'current', false],
    ['an unknown configuration', undefined, false],
  ])(
    'after a provision of %s, the text says whether the configuration has changed',
    (_what, lastFingerprint, isChanged) => {
      const { text, json } = result(planOf([], found), lastFingerprint);
      expect(text.includes('The configuration has changed')).toBe(isChanged);
      expect(json).toMatchObject({ configurationChanged: isChanged });
    },
  );

  test('the text says that the stack does not exist, even if a foreign hosted zone exists', () => {
    const zone = { hostedZone: { '': foundFor('hostedZone', '', { tags: {} }) } };
    const plan = planOf([change('vpc', '', 'create')], zone);
    expect(result(plan).text).toBe(
      'shop-dev does not exist.\nDrift: 1 of 1 resources differ from the configuration. To repair: npm run provision -- --stage dev',
    );
  });
});

test('a missing or surplus resource is named, without its fields', () => {
  const fields = [{ field: 'cidr', from: undefined, to: '10.0.0.0/16' }];
  const changes = [
    change('vpc', '', 'create', { fields }),
    change('rules', 'web-old', 'remove'),
    change('natGateway', '', 'replace', { fields: [{ field: 'state', from: 'failed', to: 'available' }] }),
  ];
  const rules = {
    'web-old': foundFor('rules', 'web-old', { paths: ['/old'] }),
    web: foundFor('rules', 'web'),
  };
  expect(
    result(planOf(changes, { ...found, rules }))
      .text.split('\n')
      .slice(0, -1),
  ).toEqual([
    'Routes',
    '  - route /old: not in the configuration',
    'Network',
    '  ± NAT gateway',
    '      state: now failed; configured: available',
    '  + VPC: missing',
  ]);
});
