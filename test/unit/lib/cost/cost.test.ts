// The cost of a stack, from published prices.
import { describe, expect, test } from '@jest/globals';
import type { Billed } from '../../../../lib/cost/billed.ts';
import { billedAsFound, billedByConfig } from '../../../../lib/cost/billed.ts';
import { costOf } from '../../../../lib/cost/cost.ts';
import { costText } from '../../../../lib/cost/cost-text.ts';
import { egressCost, egressText } from '../../../../lib/cost/egress.ts';
import { PRICES } from '../../../../lib/cost/prices.ts';
import { config, surveyOf } from '../../step-harness.ts';

const EXAMPLE: Billed = {
  ...{ natGateways: 1, loadBalancers: 1, publicAddresses: 3, hostedZones: 1 },
  tasks: [{ service: 'shop', count: 1, cpuUnits: 256, memoryMib: 512, isArm: false }],
};

describe('the cost', () => {
  test('is the sum of the prices of everything billed by the hour', () => {
    const { items, perHour, pricesOf } = costOf(EXAMPLE, 'eu-west-1');
    // 0.048 + 0.0252 + 3 × 0.005 + 0.5 ÷ 730 + 0.04048 ÷ 4 + 0.004445 ÷ 2
    expect(perHour).toBeCloseTo(0.101227, 6);
    expect(items.map(({ what }) => what)).toEqual([
      'NAT gateway',
      'load balancer',
      '3 public IPv4 addresses',
      '1 task of shop',
      'hosted zone',
    ]);
    expect(pricesOf).toBe('2026-07');
  });

  test('of ARM tasks is lower', () => {
    const arm = { ...EXAMPLE, tasks: EXAMPLE.tasks.map((tasks) => ({ ...tasks, isArm: true })) };
    expect(costOf(arm, 'us-east-1').perHour).toBeLessThan(costOf(EXAMPLE, 'us-east-1').perHour);
  });

  test('names what has no known price in the region', () => {
    const arm = { ...EXAMPLE, tasks: EXAMPLE.tasks.map((tasks) => ({ ...tasks, isArm: true })) };
    expect(costText(costOf(arm, 'eu-central-1'))?.notes).toContain(
      'without 1 task of shop, whose price is not known for this region',
    );
  });

  test('is not shown for a region without prices', () => {
    expect(costText(costOf({ ...EXAMPLE, hostedZones: 0 }, 'af-south-1'))).toBeUndefined();
  });

  test('leaves out what the stack does not have', () => {
    const workers = { ...EXAMPLE, loadBalancers: 0, hostedZones: 0, publicAddresses: 1, tasks: [] };
    expect(costOf(workers, 'eu-west-1').items.map(({ what }) => what)).toEqual([
      'NAT gateway',
      'public IPv4 address',
    ]);
  });
});

test('the text names the items, the difference to what exists, and what makes the difference', () => {
  const larger = { ...EXAMPLE, tasks: EXAMPLE.tasks.map((tasks) => ({ ...tasks, count: 4 })) };
  const now = costOf(EXAMPLE, 'eu-west-1');
  expect(costText(costOf(larger, 'eu-west-1'), now)).toEqual({
    total: 'about $101 per month ($0.138 per hour), $27 more than now',
    items:
      '4 tasks of shop $36, NAT gateway $35, load balancer $18, 3 public IPv4 addresses $11, others $0.50',
    drivers: '4 tasks of shop $27 more',
    notes: ['without traffic, logs, images and taxes; prices of 2026-07 or later'],
  });
  expect(costText(now, now)).toMatchObject({
    total: 'about $74 per month ($0.101 per hour), as now',
    drivers: '',
  });
  const cheaper = { ...EXAMPLE, publicAddresses: 1, hostedZones: 0 };
  expect(costText(costOf(cheaper, 'eu-west-1'), now)?.drivers).toBe(
    'public IPv4 address $7.30 less, hosted zone $0.50 less',
  );
  expect(costText(now)?.total).toBe('about $74 per month ($0.101 per hour)');
});

describe('the egress', () => {
  test('has the prices of the NAT gateway and of its alternatives', () => {
    const egress = egressCost(config(), EXAMPLE);
    // 0.048 × 730; 0.048 + 0.0252 + 3 × 0.005, times 730; 3 endpoints in 2 zones.
    expect(egress).toEqual({
      ...{ natGateway: 35.04, natGatewayPerGb: 0.048, sharedSaves: 64.39 },
      endpoints: { services: ['ecr.api', 'ecr.dkr', 'logs'], zones: 2, perMonth: 48.18 },
    });
    expect(egress && egressText(egress)).toBe(
      'Egress through the NAT gateway: $35 plus $0.048 per GB. Sharing the load balancer and the network of another stack (loadBalancer) saves $64. 3 VPC endpoints in 2 zones instead of it would cost $48.',
    );
  });

  test('costs nothing without a NAT gateway, and is unknown in a region without prices', () => {
    expect(egressCost(config(), { ...EXAMPLE, natGateways: 0 })).toBeUndefined();
    expect(egressCost(config({ region: 'af-south-1' }), EXAMPLE)).toBeUndefined();
  });
});

describe('a stack is billed', () => {
  test('for its gateway, its load balancer, an address in each zone, and its tasks', () => {
    const stack = config();
    expect(billedByConfig(stack)).toMatchObject({
      ...{ natGateways: 1, loadBalancers: 1, publicAddresses: 1 + stack.network.zones },
      tasks: stack.services.map(({ name, count }) => ({ service: name, count })),
    });
    expect(billedByConfig(config({ internal: true })).publicAddresses).toBe(1);
  });

  test('for its tasks only, beside a load balancer of someone else', () => {
    const loadBalancer = { arn: 'arn', subnets: [], https: false } as never;
    expect(billedByConfig(config({ loadBalancer, domain: undefined }))).toMatchObject({
      ...{ natGateways: 0, loadBalancers: 0, publicAddresses: 0, hostedZones: 0 },
    });
  });

  test('for nothing that does not exist', () => {
    expect(billedAsFound(surveyOf())).toEqual({
      ...{ natGateways: 0, loadBalancers: 0, publicAddresses: 0, hostedZones: 0 },
      tasks: [],
    });
  });

  test('for the tasks that its services have now, in the size of their task definitions', () => {
    const found = surveyOf({
      services: { shop: { desiredCount: 3 } },
      taskDefinitions: { shop: { definition: { cpu: '1024', memory: '2048', architecture: 'ARM64' } } },
    } as never);
    expect(billedAsFound(found).tasks).toEqual([
      { service: 'shop', count: 3, cpuUnits: 1024, memoryMib: 2048, isArm: true },
    ]);
  });
});

test('every price says where and when it was found', () => {
  const prices = Object.values(PRICES).flatMap((region) => Object.values(region));
  expect(prices.length).toBeGreaterThan(20);
  for (const { usd, found, source } of prices) {
    expect(usd).toBeGreaterThan(0);
    expect(found).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
    expect(source).not.toBe('');
  }
});
