// The attributes of target groups: stickiness, slow start and the algorithm, set and repaired in place.
import { ModifyTargetGroupAttributesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { Container } from '../../../../lib/config/config.ts';
import { targetGroups } from '../../../../provision/steps/target-groups.ts';
import { existing } from '../../existing-resources.ts';
import { config, HEALTH, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';

const { vpc } = existing;
const plain = {
  'deregistration_delay.timeout_seconds': '10',
  'stickiness.enabled': 'false',
  'slow_start.duration_seconds': '0',
  'load_balancing.algorithm.type': 'round_robin',
  'load_balancing.algorithm.anomaly_mitigation': 'off',
};
const sticky = {
  'stickiness.enabled': 'true',
  'stickiness.type': 'lb_cookie',
  'stickiness.lb_cookie.duration_seconds': '600',
};

/** Runs the step for one container with these fields, whose group exists with these attributes. */
async function run(fields: Partial<Container>, attributes: Record<string, string>) {
  mocks.elbv2.on(ModifyTargetGroupAttributesCommand).resolves({});
  const services = config().services.map((service) => ({
    ...service,
    containers: service.containers.slice(0, 1).map((container) => ({ ...container, ...fields })),
  }));
  const group = {
    targetGroupArn: 'arn:web-api1',
    name: 'shop-dev-web-api1-0000',
    vpcId: 'vpc-1',
    port: 5000,
    protocol: 'HTTP',
    health: { protocol: 'HTTP', port: 'traffic-port', ...HEALTH },
    loadBalancerArns: ['arn:balancer'],
    attributes,
    tags: ourTags('targetGroups', 'web-api1'),
  };
  const { shortChanges } = await provisionStep(targetGroups, {
    noun: 'targetGroups',
    ids: { vpc },
    found: { vpc, targetGroups: { 'web-api1': group } },
    config: config({ services }),
  });
  const sent = sentCalls().map(({ command, input }) => {
    expect(command).toBe('ModifyTargetGroupAttributes');
    const { Attributes } = input as { Attributes: { Key: string; Value: string }[] };
    return Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value]));
  });
  return { shortChanges, sent };
}

test('stickiness by duration is enabled in place', async () => {
  const { shortChanges, sent } = await run({ stickiness: { seconds: 600 } }, plain);
  expect(shortChanges).toEqual([
    ['update', 'web-api1', ...Object.keys(sticky).map((key) => `attribute.${key}`)],
  ]);
  expect(sent).toEqual([{ ...plain, ...sticky }]);
});

test("stickiness by the program's cookie is enabled in place", async () => {
  const { sent } = await run({ stickiness: { seconds: 60, cookie: 'session' } }, plain);
  expect(sent).toEqual([
    {
      ...plain,
      'stickiness.enabled': 'true',
      'stickiness.type': 'app_cookie',
      'stickiness.app_cookie.duration_seconds': '60',
      'stickiness.app_cookie.cookie_name': 'session',
    },
  ]);
});

test('the details of stickiness do not matter while it is disabled', async () => {
  const { shortChanges } = await run({}, { ...plain, ...sticky, 'stickiness.enabled': 'false' });
  expect(shortChanges).toEqual([]);
});

test('repairs drift: stickiness, slow start and anomaly mitigation that were enabled manually', async () => {
  const drifted = {
    ...plain,
    ...sticky,
    'load_balancing.algorithm.type': 'weighted_random',
    'load_balancing.algorithm.anomaly_mitigation': 'on',
  };
  const { shortChanges, sent } = await run({}, drifted);
  expect(shortChanges).toEqual([
    [
      'update',
      'web-api1',
      'attribute.stickiness.enabled',
      'attribute.load_balancing.algorithm.type',
      'attribute.load_balancing.algorithm.anomaly_mitigation',
    ],
  ]);
  expect(sent).toEqual([plain]);
});

test('a change from slow start to another algorithm is one call, because AWS refuses both together', async () => {
  const { sent } = await run(
    { balancing: 'least-outstanding-requests' },
    { ...plain, 'slow_start.duration_seconds': '60' },
  );
  expect(sent).toEqual([{ ...plain, 'load_balancing.algorithm.type': 'least_outstanding_requests' }]);
});

test("attributes that an endpoint does not report have AWS's defaults", async () => {
  const { shortChanges } = await run({}, { 'deregistration_delay.timeout_seconds': '10' });
  expect(shortChanges).toEqual([]);
});
