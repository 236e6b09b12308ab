// A failure while a plan is carried out: what it stops, what is recorded, and which problem is thrown.
import { describe, expect, test } from '@jest/globals';
import type { Noun } from '../../../lib/model/architecture.ts';
import { apply } from '../../../provision/apply.ts';
import {
  abort,
  change,
  engineContext,
  events,
  fakeRemoval,
  fakeStep,
  foundAt,
  idsFor,
  log,
  planOf,
  run,
  type Resources,
} from '../engine-harness.ts';

const applying = (changes: ReturnType<typeof change>[], found: Resources = {}) =>
  apply(run, engineContext(), planOf(changes, found));
const refusal = (message: string) => Object.assign(new Error(message), { name: message });
const create = (noun: Noun, key = '') => change(noun, key, 'create');

describe('a failure', () => {
  test('stops what depends on it; the rest is finished and recorded, and the intent stays open', async () => {
    fakeStep('vpc', { create: () => Promise.reject(refusal('VpcRefused')) });
    await expect(
      applying([create('vpc'), create('subnets', 'public-1'), create('cluster'), create('elasticIp')]),
    ).rejects.toMatchObject({ why: expect.stringContaining('VpcRefused') });
    expect(Object.keys(run.state.data.resources).sort()).toEqual(['cluster', 'elasticIp']);
    expect(Object.keys(run.state.data.intents)).toEqual(['vpc']);
    expect(log).not.toContain('create subnets.public-1');
    expect(events.map((event) => event.type === 'resource' && event.noun).sort()).toEqual([
      'cluster',
      'elasticIp',
    ]);
  });

  test('after the create leaves the ids recorded and the intent closed', async () => {
    fakeStep('vpc', { configure: () => Promise.reject(refusal('HostnamesRefused')) });
    await expect(applying([create('vpc')])).rejects.toThrow('HostnamesRefused');
    expect(run.state.data).toMatchObject({ resources: { vpc: idsFor('vpc') }, intents: {} });
  });

  test('of one resource lets the others of its noun end first', async () => {
    fakeStep('subnets', {
      create: async ({ change: { key } }) => {
        if (key === 'public-1') throw refusal('SubnetRefused');
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        return idsFor('subnets', key);
      },
    });
    await expect(
      applying([create('subnets', 'public-1'), create('subnets', 'public-2'), create('publicRoutes')]),
    ).rejects.toThrow('SubnetRefused');
    expect(run.state.data.resources).toEqual({ 'subnets.public-2': idsFor('subnets', 'public-2') });
    expect(log).not.toContain('create publicRoutes');
  });

  test('lists several failures in one problem, and equal ones once', async () => {
    fakeStep('vpc', { create: () => Promise.reject(refusal('VpcRefused')) });
    fakeStep('cluster', { create: () => Promise.reject(refusal('ClusterRefused')) });
    await expect(applying([create('vpc'), create('cluster')])).rejects.toMatchObject({
      code: 'STEPS_FAILED',
      what: '2 steps failed.',
      why: expect.stringMatching(/VpcRefused[^]*ClusterRefused|ClusterRefused[^]*VpcRefused/),
    });
    const expired = Object.assign(new Error('expired'), { name: 'ExpiredTokenException' });
    fakeStep('vpc', { create: () => Promise.reject(expired) });
    fakeStep('cluster', { create: () => Promise.reject(expired) });
    await expect(applying([create('vpc'), create('cluster')])).rejects.toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
    });
  });

  test('of a step keeps traffic where it is and removes nothing', async () => {
    fakeStep('vpc', { create: () => Promise.reject(refusal('VpcRefused')) });
    fakeStep('rules', { switchTraffic: async () => void log.push('switch') });
    await expect(
      applying([create('vpc'), change('rules', 'a', 'update'), change('repositories', 'old', 'remove')], {
        rules: foundAt('rules', 'a'),
        repositories: foundAt('repositories', 'old'),
      }),
    ).rejects.toThrow('VpcRefused');
    expect(log).not.toContain('switch');
    expect(log).not.toContain('remove repositories.old');
  });

  test('of the switch of traffic removes nothing', async () => {
    fakeStep('rules', { switchTraffic: () => Promise.reject(refusal('SwitchRefused')) });
    await expect(
      applying([change('rules', 'a', 'update'), change('targetGroups', 'old', 'remove')], {
        rules: foundAt('rules', 'a'),
        targetGroups: foundAt('targetGroups', 'old'),
      }),
    ).rejects.toThrow('SwitchRefused');
    expect(log).not.toContain('remove targetGroups.old');
  });

  test('of a removal is thrown, and what the resource needs stays', async () => {
    fakeRemoval('subnets', () => Promise.reject(refusal('StillInUse')));
    const found = { subnets: foundAt('subnets', 'old'), vpc: foundAt('vpc', '~2') };
    await expect(
      applying([change('subnets', 'old', 'remove'), change('vpc', '~2', 'remove')], found),
    ).rejects.toThrow('StillInUse');
    expect(log).not.toContain('remove vpc.~2');
    expect(run.state.data.resources).toHaveProperty(['subnets.old']);
  });

  test('an interruption lets what is running end, records it, and starts nothing more', async () => {
    fakeStep('vpc', {
      create: async () => {
        abort.abort();
        return idsFor('vpc');
      },
    });
    await expect(applying([create('vpc'), create('subnets', 'public-1')])).rejects.toMatchObject({
      code: 'INTERRUPTED',
      fix: ['npm run provision, to continue from here', 'npm run teardown, to remove everything'],
    });
    expect(run.state.data.resources).toEqual({ vpc: idsFor('vpc') });
    expect(log).not.toContain('create subnets.public-1');
  });
});
