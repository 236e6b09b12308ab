// The stack of a development session: the address of a stack that runs already, on its own load balancer or on that of someone else.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { bringUpStack } from '../../../dev/stack.ts';
import type { Config } from '../../../lib/config/config.ts';
import { namesOf } from '../../../lib/derive/names.ts';
import { stackFiles } from '../../../lib/run/home.ts';
import { DEFAULT_OPTIONS } from '../../../lib/run/options.ts';
import { emptyState } from '../../../lib/state/format.ts';
import { fingerprint } from '../../../provision/drift.ts';
import type { SandboxClient } from '../../../sandbox/running-sandbox.ts';
import { useFolder } from '../lib/state/folder.ts';
import { sharedBalancer, stackOfTenant } from '../others-balancer.ts';
import { awsError, config, mocks, sentCalls } from '../step-harness.ts';

const path = useFolder();
const { balancer = {}, listener = {} } = sharedBalancer();

/** Brings up a stack that runs already, with these recorded resources; returns its address. */
async function addressOf(stack: Config, resources: Record<string, Record<string, string>>) {
  const home = path('state');
  const { stack: name } = namesOf(stack);
  const { file } = stackFiles(name, home);
  const guard = { stack: name, account: '000000000000', region: stack.region, endpoint: 'sandbox' };
  mkdirSync(dirname(file), { recursive: true });
  const state = { ...emptyState(guard), resources, configuration: fingerprint(stack) };
  writeFileSync(file, JSON.stringify(state));
  const sandbox = {
    ...{ url: 'http://127.0.0.1:1', folder: home, started: false },
    resolve: async (host: string, port: number) => ({ host: `${host}-local`, port: port + 8000 }),
  } as unknown as SandboxClient;
  const invocation = {
    options: { ...DEFAULT_OPTIONS, target: 'sandbox' as const },
    report: () => undefined,
    signal: new AbortController().signal,
    interactive: false,
  };
  const dependencies = { findSandbox: async () => sandbox, openSandbox: async () => sandbox, home };
  return (await bringUpStack({ ...stack, target: 'sandbox' }, invocation, dependencies, { hadSandbox: true }))
    .url;
}

test('the address has the name of the own load balancer, which the state file records', async () => {
  const own = config({ target: 'sandbox', domain: undefined });
  const ids = { loadBalancerArn: 'arn:ours', dnsName: 'ours.elb.localhost', hostedZoneId: 'Z' };
  expect(await addressOf(own, { loadBalancer: ids })).toBe('http://ours.elb.localhost:8080');
  expect(sentCalls()).toEqual([]);
});

test('the address has the name of the load balancer of someone else, which is looked up', async () => {
  mocks.elbv2.on(DescribeListenersCommand).resolves({ Listeners: [listener] });
  mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [balancer] });
  expect(await addressOf(stackOfTenant({}, { target: 'sandbox' }), {})).toBe(
    'http://theirs-1234567890.eu-west-1.elb.amazonaws.com:8080',
  );
});

test('if that load balancer is gone, there is no address', async () => {
  mocks.elbv2.on(DescribeListenersCommand).rejects(awsError('ListenerNotFoundException'));
  expect(await addressOf(stackOfTenant({}, { target: 'sandbox' }), {})).toBeUndefined();
});
