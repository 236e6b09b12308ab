// The end of a provision: which services it waits for, and which paths it requests.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nouns } from '../../../../lib/model/architecture.ts';
import type { Change } from '../../../../lib/model/change.ts';
import type { OpenTarget } from '../../../../lib/run/target.ts';
import type { AllIds } from '../../../../provision/context.ts';
import { finish } from '../../../../provision/done/finish.ts';
import { change, engineContext, foundFor, idsFor, planOf, run } from '../../engine-harness.ts';
import { config, mocks, sent } from '../../step-harness.ts';
import { NEW_DEFINITION, primary, service } from '../deployments.ts';

const stack = config({ domain: undefined });
let server: Server;
let requested: string[];
/** The local port that the load balancer's name resolves to; undefined while the name does not resolve. */
let port: number | undefined;

beforeEach(async () => {
  requested = [];
  server = createServer(({ url = '' }, response) => {
    requested.push(url);
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as AddressInfo).port;
  mocks.ecs
    .on(DescribeServicesCommand)
    .resolves({ services: [{ ...service(primary('COMPLETED')), desiredCount: 1 }] });
  mocks.elbv2
    .on(DescribeTargetHealthCommand)
    .resolves({ TargetHealthDescriptions: [{ TargetHealth: { State: 'healthy' } }] });
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerName: 'shop-dev', State: { Code: 'active' } }] });
});
afterEach(() => void server.close());

const ids = {
  ...Object.fromEntries(nouns.map((noun) => [noun, new Map()])),
  loadBalancer: new Map([['', idsFor('loadBalancer')]]),
  taskDefinitions: new Map([['web', { taskDefinitionArn: NEW_DEFINITION }]]),
  targetGroups: new Map(['web-api1', 'web-api2'].map((key) => [key, idsFor('targetGroups', key)])),
} as unknown as AllIds;
const target = (): OpenTarget => ({
  settings: { region: 'eu-west-1' },
  waits: run.waits,
  endpointName: 'sandbox',
  sandbox: {
    resolve: async () => (port === undefined ? undefined : { host: '127.0.0.1', port }),
  } as unknown as NonNullable<OpenTarget['sandbox']>,
});
const finishing = (changes: Change[], waitUntilReady = true, state = 'active') =>
  finish(
    { ...run, waitUntilReady },
    engineContext(stack),
    target(),
    planOf(changes, { loadBalancer: { '': foundFor('loadBalancer', '', { state }) } }),
    ids,
  );
const commands = () => sent().map(({ command }) => command);

describe('the services', () => {
  test('the run waits at its end for services that the plan does not change', async () => {
    await finishing([]);
    expect(commands()).toEqual(expect.arrayContaining(['DescribeServices', 'DescribeTargetHealth']));
  });

  test('the run does not wait again for services that the plan changes', async () => {
    await finishing([change('services', 'web', 'update')]);
    expect(commands()).toEqual([]);
  });

  test('the run waits for an unchanged service even if a changed resource of another kind has the same key', async () => {
    await finishing([change('securityGroups', 'web', 'update'), change('taskDefinitions', 'web', 'update')]);
    expect(commands()).toContain('DescribeServices');
  });

  test('with --no-wait the run waits for no service', async () => {
    await finishing([], false);
    expect(commands()).toEqual([]);
  });
});

describe('the load balancer', () => {
  test('the load balancer is described again if it was not active in the survey', async () => {
    await finishing([change('services', 'web', 'update')], true, 'provisioning');
    expect(commands()).toEqual(['DescribeLoadBalancers']);
  });

  test('a failed load balancer ends the run, even with --no-wait', async () => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({
      LoadBalancers: [{ LoadBalancerName: 'shop-dev', State: { Code: 'failed', Reason: 'no' } }],
    });
    await expect(finishing([], false, 'provisioning')).rejects.toMatchObject({
      code: 'FAILED_STATE',
      why: 'no',
    });
    expect(requested).toEqual([]);
  });
});

describe('every path', () => {
  test('every path is requested through the URL that is returned', async () => {
    expect(await finishing([])).toBe(`http://dnsName-of-loadBalancer:${port}`);
    expect(requested.sort()).toEqual(['/api1', '/api2']);
  });

  test('with --no-wait no path is requested, and the URL is returned immediately', async () => {
    expect(await finishing([], false)).toBe(`http://dnsName-of-loadBalancer:${port}`);
    expect(requested).toEqual([]);
  });

  test('while the name does not resolve, no URL is returned and no path is requested', async () => {
    port = undefined;
    expect(await finishing([], false)).toBeUndefined();
  });
});
