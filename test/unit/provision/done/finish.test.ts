// The end of a provision: the services that the run waits for, and the paths that it requests.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nouns } from '../../../../lib/model/architecture.ts';
import type { Change } from '../../../../lib/model/change.ts';
import type { ConnectedTarget } from '../../../../lib/run/target.ts';
import type { AllIds } from '../../../../provision/context.ts';
import { finish } from '../../../../provision/done/finish.ts';
import { change, engineContext, foundFor, idsFor, planOf, run } from '../../engine-harness.ts';
import { config, domainOf, mocks, sentCalls } from '../../step-harness.ts';
import { NEW_DEFINITION, primaryDeployment, service } from '../deployments.ts';

const stack = config({ domain: undefined });
let server: Server;
let requestedPaths: string[];
/** The host headers of the requests. */
let hosts: (string | undefined)[];
/** The names that were looked up. */
let lookedUpNames: string[];
let resolve: (name: string) => Promise<{ host: string; port: number } | undefined>;
/** The name servers that the parent of every zone delegates to. */
let parentNameServers: readonly string[];
/** The local port that the load balancer's name resolves to; undefined while the name does not resolve. */
let port: number | undefined;

beforeEach(async () => {
  requestedPaths = [];
  hosts = [];
  lookedUpNames = [];
  parentNameServers = [];
  resolve = async () => (port === undefined ? undefined : { host: '127.0.0.1', port });
  server = createServer(({ url = '', headers: { host } }, response) => {
    requestedPaths.push(url);
    hosts.push(host);
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  port = (server.address() as AddressInfo).port;
  mocks.ecs
    .on(DescribeServicesCommand)
    .resolves({ services: [{ ...service(primaryDeployment('COMPLETED')), desiredCount: 1 }] });
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
  hostedZone: new Map([['', { hostedZoneId: 'Z1' }]]),
  taskDefinitions: new Map([['web', { taskDefinitionArn: NEW_DEFINITION }]]),
  targetGroups: new Map(['web-api1', 'web-api2'].map((key) => [key, idsFor('targetGroups', key)])),
} as unknown as AllIds;
const target = (): ConnectedTarget => ({
  settings: { region: 'eu-west-1' },
  waits: run.waits,
  endpointName: 'sandbox',
  sandbox: {
    resolve: (name: string) => {
      lookedUpNames.push(name);
      return resolve(name);
    },
    nameServers: async () => parentNameServers,
  } as unknown as NonNullable<ConnectedTarget['sandbox']>,
});
const runFinish = (changes: Change[], waitUntilReady = true, balancerState = 'active', desired = stack) =>
  finish(
    { ...run, waitUntilReady },
    engineContext(desired),
    target(),
    planOf(changes, { loadBalancer: { '': foundFor('loadBalancer', '', { state: balancerState }) } }),
    ids,
  );
const commands = () => sentCalls().map(({ command }) => command);

describe('the services', () => {
  test('the run waits at its end for services that the plan does not change', async () => {
    await runFinish([]);
    expect(commands()).toEqual(expect.arrayContaining(['DescribeServices', 'DescribeTargetHealth']));
  });

  test('the run does not wait again for services that the plan changes', async () => {
    await runFinish([change('services', 'web', 'update')]);
    expect(commands()).toEqual([]);
  });

  test('the run waits for an unchanged service even if a changed resource of another kind has the same key', async () => {
    await runFinish([change('securityGroups', 'web', 'update'), change('taskDefinitions', 'web', 'update')]);
    expect(commands()).toContain('DescribeServices');
  });

  test('with --no-wait the run waits for no service', async () => {
    await runFinish([], false);
    expect(commands()).toEqual([]);
  });
});

describe('the load balancer', () => {
  test('the load balancer is described again if it was not active in the survey', async () => {
    await runFinish([change('services', 'web', 'update')], true, 'provisioning');
    expect(commands()).toEqual(['DescribeLoadBalancers']);
  });

  test('a failed load balancer ends the run, even with --no-wait', async () => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({
      LoadBalancers: [{ LoadBalancerName: 'shop-dev', State: { Code: 'failed', Reason: 'no' } }],
    });
    await expect(runFinish([], false, 'provisioning')).rejects.toMatchObject({
      code: 'FAILED_STATE',
      why: 'no',
    });
    expect(requestedPaths).toEqual([]);
  });
});

describe('every path', () => {
  test('every path is requested through the URL that is returned', async () => {
    expect(await runFinish([])).toEqual({ url: `http://dnsName-of-loadBalancer:${port}`, zone: undefined });
    expect(new Set(requestedPaths)).toEqual(new Set(['/api1', '/api2']));
  });

  test('with --no-wait no path is requested, and the URL is returned immediately', async () => {
    expect(await runFinish([], false)).toMatchObject({ url: `http://dnsName-of-loadBalancer:${port}` });
    expect(requestedPaths).toEqual([]);
  });

  test('with --no-wait no URL is returned while the name does not resolve', async () => {
    port = undefined;
    expect(await runFinish([], false)).toMatchObject({ url: undefined });
  });

  test('a stack without a routed container has no URL', async () => {
    const services = stack.services.map((service) => ({
      ...service,
      containers: service.containers.map((container) => ({ ...container, path: undefined })),
    }));
    expect(await runFinish([], true, 'active', { ...stack, services })).toMatchObject({ url: undefined });
    expect(requestedPaths).toEqual([]);
  });
});

describe('a name that does not resolve', () => {
  test('the run waits until the name resolves', async () => {
    const original = port;
    let lookupCount = 0;
    resolve = async () => ((lookupCount += 1) < 3 ? undefined : { host: '127.0.0.1', port: original ?? 0 });
    expect(await runFinish([])).toMatchObject({ url: `http://dnsName-of-loadBalancer:${port}` });
    expect(new Set(requestedPaths).size).toBe(2);
  });

  test('if the name never resolves, the run ends with a problem', async () => {
    port = undefined;
    await expect(runFinish([])).rejects.toMatchObject({
      code: 'UNANSWERED',
      what: 'dnsName-of-loadBalancer leads nowhere.',
      why: 'The last check reported: dnsName-of-loadBalancer does not resolve.',
      fix: ['npm run provision, to check again'],
    });
  });

  test("the run does not wait for a domain once the load balancer's own name resolves", async () => {
    const start = run.clock.now();
    resolve = async (name) => (name === 'api.example.com' ? undefined : { host: '127.0.0.1', port: 1 });
    await expect(runFinish([], true, 'active', config())).rejects.toMatchObject({
      code: 'UNANSWERED',
      what: 'api.example.com leads nowhere.',
      why: "api.example.com does not resolve, although the load balancer's own name, dnsName-of-loadBalancer, does.",
      fix: [
        'Make the parent of example.com, or its registrar, delegate to this zone.',
        'npm run provision, to check again',
      ],
    });
    expect(run.clock.now() - start).toBeLessThan(run.waits.answer.every);
  });
});

describe('the zone that the stack creates', () => {
  const domain = domainOf({ name: 'api.example.com', zone: 'example.com', createZone: true });
  const nameServers = ['ns-1.awsdns-01.com', 'ns-2.awsdns-02.net'];
  beforeEach(() => {
    mocks.route53
      .on(GetHostedZoneCommand, { Id: 'Z1' })
      .resolves({ DelegationSet: { NameServers: nameServers } });
  });

  test('the domain is requested while the parent delegates to the zone', async () => {
    parentNameServers = ['NS-1.awsdns-01.com.', 'ns-2.awsdns-02.net.'];
    expect(await runFinish([], true, 'active', config({ domain }))).toEqual({
      url: `http://dnsName-of-loadBalancer:${port}`,
      zone: { name: 'example.com', nameServers, isDelegated: true },
    });
    expect(lookedUpNames).toEqual(['api.example.com']);
    expect(new Set(hosts)).toEqual(new Set([`api.example.com:${port}`]));
  });

  test.each([[[]], [['ns-1.awsdns-01.com.', 'ns-9.elsewhere.example.']]])(
    "the load balancer's own name is requested, with the domain as the host, while the parent delegates to %j",
    async (delegated) => {
      parentNameServers = delegated;
      expect(await runFinish([], true, 'active', config({ domain }))).toEqual({
        url: `http://dnsName-of-loadBalancer:${port}`,
        zone: { name: 'example.com', nameServers, isDelegated: false },
      });
      expect(lookedUpNames).toEqual(['dnsName-of-loadBalancer']);
      expect(new Set(hosts)).toEqual(new Set([`api.example.com:${port}`]));
    },
  );
});
