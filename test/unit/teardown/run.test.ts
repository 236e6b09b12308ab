// A whole teardown: the survey, the confirmation, the order of removals, and the search for leftovers.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import {
  DescribeAddressesCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Config } from '../../../lib/config/config.ts';
import { toPascalCaseTags } from '../../../lib/derive/tags.ts';
import { nouns, nounsToTearDown, type Noun } from '../../../lib/model/architecture.ts';
import type { Options } from '../../../lib/run/options.ts';
import { awsWaits } from '../../../lib/engine/waits.ts';
import { emptyState } from '../../../lib/state/format.ts';
import { removalsOf, takeDown, teardown } from '../../../teardown/run.ts';
import { KINDS_IN_A_VPC } from '../../../teardown/vpc-contents.ts';
import {
  abort,
  change,
  defaultOptions,
  mockEmptyAccount,
  events,
  fakeRemoval,
  fileOf,
  foundAt,
  foundFor,
  log,
  run,
  sessionOf,
  type Resources,
} from '../engine-harness.ts';
import { fakeSandbox } from '../lib/run/fake-sandbox.ts';
import { ACCOUNT, config, mocks, ourTags, sentCalls, surveyOf, testClock } from '../step-harness.ts';

const removed = () => log.filter((line) => line.startsWith('remove'));

describe('the removals', () => {
  test('every resource of this stack is removed, and foreign resources are kept', () => {
    const found: Resources = {
      vpc: foundAt('vpc', '', '~2'),
      cluster: { '': foundFor('cluster', '', { tags: { 'slipway:stack': 'other' } }) },
      hostedZone: { '': foundFor('hostedZone', '', { tags: {} }) },
      subnets: foundAt('subnets', 'public-1'),
    };
    expect(removalsOf(surveyOf(found), 'shop-dev').map(({ noun, key, verb }) => [noun, key, verb])).toEqual([
      ['vpc', '', 'remove'],
      ['vpc', '~2', 'remove'],
      ['subnets', 'public-1', 'remove'],
    ]);
  });
});

describe('taking down', () => {
  const all = Object.fromEntries(nouns.map((noun) => [noun, foundAt(noun, '')])) as Resources;
  const runTakeDown = (found: Resources, changes = removalsOf(surveyOf(found), 'shop-dev')) =>
    takeDown(sessionOf(found), surveyOf(found), changes);

  test('a resource is removed after the resources that need it', async () => {
    await runTakeDown(all);
    const order = removed().map((line) => line.replace('remove ', ''));
    expect(order).toHaveLength(nouns.length);
    const expectOrder = (first: Noun, second: Noun) =>
      expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
    expectOrder('record', 'services');
    expectOrder('services', 'targetGroups');
    expectOrder('rules', 'listener');
    expectOrder('listener', 'loadBalancer');
    expectOrder('natGateway', 'elasticIp');
    expectOrder('subnets', 'vpc');
    expectOrder('internetGateway', 'vpc');
  });

  test('the resources of one kind are removed concurrently, and can wait for each other', async () => {
    const seen: unknown[] = [];
    fakeRemoval('securityGroups', async ({ key, alsoRemoved }) => {
      if (key === 'web') {
        const removal = alsoRemoved.removalOf('balancer');
        seen.push(removal instanceof Promise, alsoRemoved.removalOf('other'));
        await removal;
      } else {
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      }
      log.push(`remove ${key}`);
    });
    await runTakeDown({ securityGroups: foundAt('securityGroups', 'web', 'balancer') });
    expect(removed()).toEqual(['remove balancer', 'remove web']);
    expect(seen).toEqual([true, undefined]);
  });

  test('a removal can ask whether every resource of another kind is removed as well', async () => {
    const seen: boolean[] = [];
    fakeRemoval('cluster', async ({ alsoRemoved }) => {
      for (const noun of ['services', 'targetGroups', 'listener'] as const)
        seen.push(alsoRemoved.willRemoveAll(noun));
    });
    const found = {
      cluster: foundAt('cluster', ''),
      services: foundAt('services', 'web', 'api'),
      targetGroups: foundAt('targetGroups', 'a', 'b'),
    };
    await runTakeDown(found, [
      change('cluster', '', 'remove'),
      change('services', 'web', 'remove'),
      change('services', 'api', 'remove'),
      change('targetGroups', 'a', 'remove'),
    ]);
    expect(seen).toEqual([true, false, false]);
  });

  test('if a resource cannot be removed, the resources that it needs are kept, and all others are removed', async () => {
    fakeRemoval('subnets', () => Promise.reject(new Error('still in use')));
    await expect(runTakeDown({ ...all })).rejects.toThrow('still in use');
    expect(removed()).not.toContain('remove vpc');
    expect(removed()).toEqual(
      expect.arrayContaining(['remove internetGateway', 'remove cluster', 'remove roles']),
    );
  });

  test('after an interruption no other removal starts', async () => {
    fakeRemoval('record', async () => abort.abort());
    await expect(runTakeDown(all)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(removed()).not.toContain('remove services');
  });
});

describe('a run', () => {
  let sandbox: ReturnType<typeof fakeSandbox>;
  beforeEach(() => {
    mockEmptyAccount();
    sandbox = fakeSandbox({ started: false });
  });
  const runTeardown = (more: Partial<Options> = {}, stack: Partial<Config> = {}) => {
    const options = { ...defaultOptions, ...more };
    return teardown(
      { options, report: run.report, signal: abort.signal, interactive: false },
      {
        home: fileOf('home'),
        config: Promise.resolve(config({ target: options.target, domain: undefined, ...stack })),
        openSandbox: async () => sandbox.sandbox,
        time: { clock: testClock(), waits: awsWaits },
      },
    );
  };
  /** Lets AWS return our VPC until it is removed. */
  const mockVpc = (): void => {
    let exists = true;
    mocks.ec2.on(DescribeVpcsCommand).callsFake(() => ({
      Vpcs: exists
        ? [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', Tags: toPascalCaseTags(ourTags('vpc')) }]
        : [],
    }));
    mocks.ec2.on(DescribeVpcAttributeCommand).resolves({});
    fakeRemoval('vpc', async () => {
      log.push('remove vpc');
      exists = false;
    });
  };

  /** Writes a state file that records the VPC. */
  const writeState = (): void => {
    const guard = { stack: 'shop-dev', account: ACCOUNT, region: 'eu-west-1', endpoint: 'sandbox' };
    mkdirSync(fileOf('home'), { recursive: true });
    const state = { ...emptyState(guard), resources: { vpc: { vpcId: 'vpc-1' } } };
    writeFileSync(fileOf('home/shop-dev.json'), JSON.stringify(state));
  };

  test('a teardown without any resources removes the state file and stops the sandbox', async () => {
    const { exitCode, text, json } = await runTeardown();
    expect({ exitCode, text }).toEqual({ exitCode: 0, text: 'shop-dev: there is nothing to do' });
    expect(json).toMatchObject({ removed: 0, left: 0, certificate: { nouns: nounsToTearDown } });
    expect(sandbox.stopCount()).toBe(1);
    expect(events).toContainEqual({ type: 'note', text: 'the sandbox is empty and was stopped' });
  });

  test('a teardown bundles no source and does not look for the service-linked role', async () => {
    // The source folders of this configuration do not exist: bundling one would fail.
    await runTeardown();
    const roles = sentCalls().filter(({ command }) => command === 'GetRole');
    expect(JSON.stringify(roles)).not.toContain('AWSServiceRoleForECS');
    expect(sentCalls().map(({ command }) => command)).not.toContain('DescribeAvailabilityZones');
    expect(sentCalls().filter(({ command }) => command === 'DescribeVpcs')).toHaveLength(2);
  });

  test('a teardown removes what it finds, looks again, and reports what it has looked for', async () => {
    mockVpc();
    writeState();
    const { exitCode, text, json } = await runTeardown();
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^shop-dev is gone, 0 left, /);
    expect(removed()).toEqual(['remove vpc']);
    expect(json).toMatchObject({ removed: 1, certificate: { vpc: { vpcId: 'vpc-1' } } });
    expect(events).toContainEqual({
      type: 'note',
      text: `looked again for ${nounsToTearDown.length} kinds of resources by tag and name, and for ${KINDS_IN_A_VPC.length} kinds in vpc-1, ours and foreign: 0 left`,
    });
    expect(existsSync(fileOf('home/shop-dev.json'))).toBe(false);
    expect(existsSync(fileOf('home/shop-dev.lock'))).toBe(false);
  });

  test('--plan removes nothing, and exits with 2 if there is something to remove, otherwise with 0', async () => {
    expect(await runTeardown({ plan: true })).toMatchObject({ exitCode: 0, text: 'There is nothing to do.' });
    mockVpc();
    expect(await runTeardown({ plan: true })).toMatchObject({
      exitCode: 2,
      text: expect.stringMatching(/- VPC\n[^]*Plan: 1 to remove\.$/),
      json: { plan: { changes: [{ address: 'vpc', verb: 'remove' }] } },
    });
    expect(removed()).toEqual([]);
  });

  test('a teardown on AWS with neither a terminal nor --yes removes nothing', async () => {
    mockVpc();
    await expect(runTeardown({ target: 'aws' })).rejects.toMatchObject({ code: 'CONFIRMATION' });
    expect(removed()).toEqual([]);
    await runTeardown({ target: 'aws', yes: true });
    expect(removed()).toEqual(['remove vpc']);
  });

  test('a teardown that leaves resources behind keeps the state file and releases the lock', async () => {
    mockVpc();
    writeState();
    fakeRemoval('vpc', async () => undefined);
    await expect(runTeardown()).rejects.toMatchObject({
      code: 'LEFTOVERS',
      why: expect.stringContaining('vpc vpc-1'),
    });
    expect(existsSync(fileOf('home/shop-dev.json'))).toBe(true);
    expect(existsSync(fileOf('home/shop-dev.lock'))).toBe(false);
    expect(sandbox.stopCount()).toBe(0);
  });

  test('an interrupted teardown is reported as interrupted, even if a removal fails as a result', async () => {
    mockVpc();
    fakeRemoval('vpc', () => {
      abort.abort();
      return Promise.reject(new Error('aborted'));
    });
    await expect(runTeardown()).rejects.toMatchObject({
      code: 'INTERRUPTED',
      now: 'Everything removed so far is gone; the rest is recorded.',
    });
    expect(existsSync(fileOf('home/shop-dev.lock'))).toBe(false);
  });

  test('a teardown that is interrupted during the search for leftovers is reported as interrupted', async () => {
    mockVpc();
    fakeRemoval('vpc', async () => undefined);
    let lookupCount = 0;
    mocks.ec2.on(DescribeAddressesCommand).callsFake(() => {
      if ((lookupCount += 1) === 2) abort.abort(new Error('stopped'));
      return {};
    });
    await expect(runTeardown()).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
