// Failures while a plan is applied: which steps do not run, what is recorded, and which problem is thrown.
import { describe, expect, test } from '@jest/globals';
import {
  abort,
  applyChanges,
  change,
  creation,
  events,
  fakeRemoval,
  fakeStep,
  foundAt,
  idsFor,
  log,
  run,
} from '../engine-harness.ts';

const refusal = (message: string) => Object.assign(new Error(message), { name: message });

describe('failures', () => {
  test('if a create fails, its intent stays open, dependent steps do not run, and all other steps finish', async () => {
    fakeStep('vpc', { create: () => Promise.reject(refusal('VpcRefused')) });
    await expect(
      applyChanges([
        creation('vpc'),
        creation('subnets', 'public-1'),
        creation('cluster'),
        creation('elasticIp'),
      ]),
    ).rejects.toMatchObject({ why: expect.stringContaining('VpcRefused') });
    expect(Object.keys(run.state.data.resources).sort()).toEqual(['cluster', 'elasticIp']);
    expect(Object.keys(run.state.data.intents)).toEqual(['vpc']);
    expect(log).not.toContain('create subnets.public-1');
    expect(events.map((event) => event.type === 'resource' && event.noun).sort()).toEqual([
      'cluster',
      'elasticIp',
    ]);
  });

  test('a step that fails after its create leaves the ids recorded and the intent closed', async () => {
    fakeStep('vpc', { configure: () => Promise.reject(refusal('HostnamesRefused')) });
    await expect(applyChanges([creation('vpc')])).rejects.toThrow('HostnamesRefused');
    expect(run.state.data).toMatchObject({ resources: { vpc: idsFor('vpc') }, intents: {} });
  });

  test('if one resource fails, the run fails only after the other resources of the same kind have finished', async () => {
    fakeStep('subnets', {
      create: async ({ change: { key } }) => {
        if (key === 'public-1') throw refusal('SubnetRefused');
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        return idsFor('subnets', key);
      },
    });
    await expect(
      applyChanges([
        creation('subnets', 'public-1'),
        creation('subnets', 'public-2'),
        creation('publicRoutes'),
      ]),
    ).rejects.toThrow('SubnetRefused');
    expect(run.state.data.resources).toEqual({ 'subnets.public-2': idsFor('subnets', 'public-2') });
    expect(log).not.toContain('create publicRoutes');
  });

  test('several failures are listed in one problem, and identical failures only once', async () => {
    fakeStep('vpc', { create: () => Promise.reject(refusal('VpcRefused')) });
    fakeStep('cluster', { create: () => Promise.reject(refusal('ClusterRefused')) });
    await expect(applyChanges([creation('vpc'), creation('cluster')])).rejects.toMatchObject({
      code: 'STEPS_FAILED',
      what: '2 steps failed.',
      why: expect.stringMatching(/VpcRefused[^]*ClusterRefused|ClusterRefused[^]*VpcRefused/),
    });
    const expired = Object.assign(new Error('expired'), { name: 'ExpiredTokenException' });
    fakeStep('vpc', { create: () => Promise.reject(expired) });
    fakeStep('cluster', { create: () => Promise.reject(expired) });
    await expect(applyChanges([creation('vpc'), creation('cluster')])).rejects.toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
    });
  });

  test('when a step fails, traffic is not switched and nothing is removed', async () => {
    fakeStep('vpc', { create: () => Promise.reject(refusal('VpcRefused')) });
    fakeStep('rules', { switchTraffic: async () => void log.push('switch') });
    await expect(
      applyChanges(
        [creation('vpc'), change('rules', 'a', 'update'), change('repositories', 'old', 'remove')],
        {
          rules: foundAt('rules', 'a'),
          repositories: foundAt('repositories', 'old'),
        },
      ),
    ).rejects.toThrow('VpcRefused');
    expect(log).not.toContain('switch');
    expect(log).not.toContain('remove repositories.old');
  });

  test('when the traffic switch fails, nothing is removed', async () => {
    fakeStep('rules', { switchTraffic: () => Promise.reject(refusal('SwitchRefused')) });
    await expect(
      applyChanges([change('rules', 'a', 'update'), change('targetGroups', 'old', 'remove')], {
        rules: foundAt('rules', 'a'),
        targetGroups: foundAt('targetGroups', 'old'),
      }),
    ).rejects.toThrow('SwitchRefused');
    expect(log).not.toContain('remove targetGroups.old');
  });

  test('a failed removal is reported, and the resources that the failed resource needs are kept', async () => {
    fakeRemoval('subnets', () => Promise.reject(refusal('StillInUse')));
    const found = { subnets: foundAt('subnets', 'old'), vpc: foundAt('vpc', '~2') };
    await expect(
      applyChanges([change('subnets', 'old', 'remove'), change('vpc', '~2', 'remove')], found),
    ).rejects.toThrow('StillInUse');
    expect(log).not.toContain('remove vpc.~2');
    expect(run.state.data.resources).toHaveProperty(['subnets.old']);
  });

  test('after an interruption, running steps finish and are recorded, and no other step starts', async () => {
    fakeStep('vpc', {
      create: async () => {
        abort.abort();
        return idsFor('vpc');
      },
    });
    await expect(applyChanges([creation('vpc'), creation('subnets', 'public-1')])).rejects.toMatchObject({
      code: 'INTERRUPTED',
      fix: ['npm run provision, to continue from here', 'npm run teardown, to remove everything'],
    });
    expect(run.state.data.resources).toEqual({ vpc: idsFor('vpc') });
    expect(log).not.toContain('create subnets.public-1');
  });
});
