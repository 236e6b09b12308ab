// Applying a plan: the order of the steps, and what is recorded and reported at which moment.
import { describe, expect, test } from '@jest/globals';
import type { ApplyContext, NotReady } from '../../../lib/engine/step.ts';
import { architecture, nouns, type Noun } from '../../../lib/model/architecture.ts';
import { changeAddress } from '../../../lib/model/change.ts';
import {
  type Resources,
  applyChanges,
  change,
  creation,
  announcements,
  events,
  fakeStep,
  foundAt,
  foundFor,
  idsFor,
  log,
  run,
} from '../engine-harness.ts';

describe('the order of the steps', () => {
  test('every step starts after the steps that it needs, and steps that need nothing start together', async () => {
    const ended = new Set<Noun>();
    const started: { noun: Noun; after: Noun[] }[] = [];
    for (const noun of nouns) {
      fakeStep(noun, {
        create: async () => {
          started.push({ noun, after: [...ended] });
          await Promise.resolve();
          ended.add(noun);
          return idsFor(noun);
        },
      });
    }
    await applyChanges(nouns.map((noun) => creation(noun)));
    expect(started).toHaveLength(nouns.length);
    for (const { noun, after } of started) {
      expect(after).toEqual(expect.arrayContaining([...architecture[noun].needs]));
    }
    const roots = nouns.filter((noun) => architecture[noun].needs.length === 0);
    expect(
      started
        .slice(0, roots.length)
        .map(({ noun }) => noun)
        .sort(),
    ).toEqual([...roots].sort());
  });

  test('the resources of one kind are created concurrently, and can wait for each other', async () => {
    fakeStep('securityGroups', {
      create: async ({ change: { key }, ...context }) => {
        if (key === 'balancer')
          expect(await context.siblingIds('web')).toEqual(idsFor('securityGroups', 'web'));
        log.push(`created ${key}`);
        return idsFor('securityGroups', key);
      },
    });
    await applyChanges([creation('securityGroups', 'balancer'), creation('securityGroups', 'web')]);
    expect(log.filter((line) => line.startsWith('created'))).toEqual(['created web', 'created balancer']);
  });

  test('the ids of an unchanged resource are available to its siblings and to later steps', async () => {
    const seen: unknown[] = [];
    fakeStep('securityGroups', {
      create: async (context) => {
        seen.push(await context.siblingIds('balancer'), context.ids.vpc.get(''));
        return idsFor('securityGroups', 'web');
      },
    });
    const found = { vpc: foundAt('vpc', ''), securityGroups: foundAt('securityGroups', 'balancer') };
    const ids = await applyChanges([creation('securityGroups', 'web')], found);
    expect(seen).toMatchObject([idsFor('securityGroups', 'balancer'), idsFor('vpc')]);
    expect([...ids.securityGroups.keys()]).toEqual(['balancer', 'web']);
  });

  test('a step sees the ids of the resources that earlier steps of this run have created', async () => {
    let seen: unknown;
    fakeStep('subnets', {
      create: async ({ ids }) => {
        seen = ids.vpc.get('');
        return idsFor('subnets', 'public-1');
      },
    });
    await applyChanges([creation('vpc'), creation('subnets', 'public-1')]);
    expect(seen).toEqual(idsFor('vpc'));
  });

  test('traffic is switched after all creates and updates, and removals and clean-ups run after the switch', async () => {
    fakeStep('rules', { switchTraffic: async () => void log.push('switch rules') });
    fakeStep('taskDefinitions', { cleanUp: async () => void log.push('clean up taskDefinitions') });
    await applyChanges(
      [
        change('rules', 'web-api1', 'update'),
        change('targetGroups', 'old', 'remove'),
        creation('services', 'web'),
        change('taskDefinitions', 'web', 'replace'),
      ],
      {
        rules: foundAt('rules', 'web-api1'),
        targetGroups: foundAt('targetGroups', 'old'),
        taskDefinitions: foundAt('taskDefinitions', 'web'),
      },
    );
    const order = log.filter((line) => /^(create|update|switch|remove|clean)/.test(line));
    expect(order.slice(0, 4).sort()).toEqual([
      'create services.web',
      'create taskDefinitions.web',
      'switch rules',
      'update rules.web-api1',
    ]);
    expect(order[3]).toBe('switch rules');
    expect(order.slice(4).sort()).toEqual(['clean up taskDefinitions', 'remove targetGroups.old']);
  });

  test('removals run in the reverse order of creation', async () => {
    const removed: Noun[] = ['services', 'rules', 'targetGroups', 'subnets', 'vpc'];
    const found = Object.fromEntries(removed.map((noun) => [noun, foundAt(noun, 'old')])) as Resources;
    await applyChanges(
      [...removed].reverse().map((noun) => change(noun, 'old', 'remove')),
      found,
    );
    expect(log.filter((line) => line.startsWith('remove'))).toEqual(
      removed.map((noun) => `remove ${noun}.old`),
    );
  });
});

describe('one change', () => {
  /** Fakes a step that logs each call and returns a resource that is not ready yet. */
  const fakeLoggingStep = (): void => {
    const notReady = (): NotReady<'natGateway'> => ({
      ids: idsFor('natGateway'),
      wait: async () => void log.push('wait'),
    });
    fakeStep('natGateway', {
      create: async () => {
        log.push('create');
        return notReady();
      },
      update: async () => {
        log.push('update');
        return notReady();
      },
      configure: async (_context, resource) => void log.push(`configure ${resource.natGatewayId}`),
    });
  };

  test('a create records its intent before the call, records the ids before it configures the resource, and waits last', async () => {
    fakeLoggingStep();
    await applyChanges([creation('natGateway')]);
    expect(log).toEqual([
      'intent natGateway',
      'create',
      'recorded natGateway',
      'configure natGatewayId-of-natGateway',
      'wait',
    ]);
    expect(run.state.data).toMatchObject({ resources: { natGateway: idsFor('natGateway') }, intents: {} });
  });

  test('an update configures the resource first, records the ids before it waits, and records no intent', async () => {
    fakeLoggingStep();
    await applyChanges([change('natGateway', '', 'update')], { natGateway: foundAt('natGateway', '') });
    expect(log.slice(-4)).toEqual([
      'configure natGatewayId-of-natGateway',
      'update',
      'recorded natGateway',
      'wait',
    ]);
  });

  test('an update keeps the recorded ids unless it returns new ones', async () => {
    const found = { record: foundAt('record', ''), taskDefinitions: foundAt('taskDefinitions', 'web') };
    fakeStep('taskDefinitions', { update: async () => ({ taskDefinitionArn: 'arn:2' }) });
    const ids = await applyChanges(
      [change('record', '', 'update'), change('taskDefinitions', 'web', 'update')],
      found,
    );
    expect(ids.record.get('')).toEqual(idsFor('record'));
    expect(ids.taskDefinitions.get('web')).toEqual({ taskDefinitionArn: 'arn:2' });
    expect(run.state.data.resources).toEqual({
      record: idsFor('record'),
      'taskDefinitions.web': { taskDefinitionArn: 'arn:2' },
    });
  });

  test('a replacement calls create, with the resource to replace in its context', async () => {
    let existing: unknown;
    fakeStep('natGateway', {
      create: async (context) => {
        existing = context.existing;
        return { natGatewayId: 'nat-2' };
      },
    });
    const found = { natGateway: foundAt('natGateway', '') };
    const ids = await applyChanges([change('natGateway', '', 'replace')], found);
    expect(existing).toEqual(found.natGateway['']);
    expect(ids.natGateway.get('')).toEqual({ natGatewayId: 'nat-2' });
    expect(log).not.toContain('intent natGateway');
    expect(run.state.data.resources).toEqual({ natGateway: { natGatewayId: 'nat-2' } });
  });

  test('only ids are recorded, even when the create returns more attributes', async () => {
    let configured: unknown;
    fakeStep('vpc', {
      create: async () => ({ vpcId: 'vpc-1', cidr: '10.0.0.0/16' }),
      configure: async (_context, resource) => void (configured = resource),
    });
    const ids = await applyChanges([creation('vpc')]);
    expect(configured).toEqual({ vpcId: 'vpc-1', cidr: '10.0.0.0/16' });
    expect(ids.vpc.get('')).toEqual({ vpcId: 'vpc-1' });
    expect(run.state.data.resources).toEqual({ vpc: { vpcId: 'vpc-1' } });
  });

  test('a change is reported with its verb, its identifying id and its duration', async () => {
    fakeStep('vpc', {
      create: async ({ clock }) => {
        await clock.sleep(1500);
        return { vpcId: 'vpc-1' };
      },
    });
    const found = { cluster: foundAt('cluster', ''), natGateway: foundAt('natGateway', '') };
    await applyChanges(
      [creation('vpc'), change('cluster', '', 'update'), change('natGateway', '', 'replace')],
      found,
    );
    expect(events).toEqual(
      expect.arrayContaining([
        { type: 'resource', noun: 'vpc', key: '', status: 'created', text: 'vpc-1', elapsed: 1500 },
        expect.objectContaining({ noun: 'cluster', status: 'updated', text: 'clusterArn-of-cluster' }),
        expect.objectContaining({ noun: 'natGateway', status: 'replaced' }),
      ]),
    );
  });

  test('a create resumes the intent of an earlier run, and its context says so', async () => {
    const seen: [string, boolean, string][] = [];
    const intent = await run.state.intend('vpc');
    const watch = async (context: ApplyContext<'vpc'> | ApplyContext<'elasticIp'>) => {
      seen.push([
        changeAddress(context.change),
        context.duplicateGuard.isResumed,
        context.intent.token === intent.token ? 'same token' : 'new token',
      ]);
    };
    fakeStep('vpc', { create: async (context) => watch(context).then(() => idsFor('vpc')) });
    fakeStep('elasticIp', { create: async (context) => watch(context).then(() => idsFor('elasticIp')) });
    await applyChanges([creation('vpc'), creation('elasticIp')]);
    expect(seen.sort()).toEqual([
      ['elasticIp', false, 'new token'],
      ['vpc', true, 'same token'],
    ]);
  });
});

describe('the announcements', () => {
  test('the steps are announced with their dependencies and usual durations, and each again when it starts', async () => {
    const found = { services: foundAt('services', 'web~former') };
    await applyChanges(
      [creation('natGateway'), change('services', 'web', 'replace', { replaces: 'web~former' })],
      found,
    );
    expect(announcements[0]).toMatchObject({
      type: 'steps',
      stages: [
        {
          after: { privateRoutes: expect.arrayContaining(['natGateway']) },
          steps: [
            { noun: 'natGateway', key: '', verb: 'create', usualMs: 115_500 },
            { noun: 'services', key: 'web', verb: 'replace', usualMs: 40_500 },
          ],
        },
        {
          after: { natGateway: expect.arrayContaining(['privateRoutes']) },
          steps: [{ noun: 'services', key: 'web~former', verb: 'remove', usualMs: 25_500 }],
        },
      ],
    });
    expect(
      announcements.slice(1).map((event) => event.type === 'resource' && [event.key, event.text]),
    ).toEqual([
      ['', 'creating'],
      ['web', 'replacing'],
      ['web~former', 'removing'],
    ]);
  });
});

describe('the reported status', () => {
  test('a replaced resource is removed after the traffic switch, and reported as gone', async () => {
    fakeStep('services', { switchTraffic: async () => void log.push('switch') });
    const found = { services: foundAt('services', 'web~former') };
    const ids = await applyChanges([change('services', 'web', 'replace', { replaces: 'web~former' })], found);
    expect(log.filter((line) => /^(create|switch|remove|forgot)/.test(line))).toEqual([
      'create services.web',
      'switch',
      'remove services.web~former',
      'forgot services.web~former',
    ]);
    expect(events.map((event) => event.type === 'resource' && [event.key, event.status])).toEqual([
      ['web', 'replaced'],
      ['web~former', 'gone'],
    ]);
    expect([...ids.services.keys()]).toEqual(['web']);
    expect(run.state.data.resources).toEqual({ 'services.web': idsFor('services', 'web') });
  });

  test('a resource that is removed without a replacement is reported as removed', async () => {
    const ids = await applyChanges([change('services', 'old', 'remove')], {
      services: foundAt('services', 'old'),
    });
    expect(events).toMatchObject([{ noun: 'services', key: 'old', status: 'removed' }]);
    expect(ids.services.size).toBe(0);
  });
});

test('before any step runs, the state records what the survey found and forgets everything else', async () => {
  await run.state.record('logGroup', { logGroupName: 'gone' });
  log.length = 0;
  await applyChanges([creation('subnets', 'public-1')], { vpc: { '': foundFor('vpc') } });
  expect(log.indexOf('recorded vpc')).toBeLessThan(log.indexOf('create subnets.public-1'));
  expect(run.state.data.resources).toEqual({
    vpc: idsFor('vpc'),
    'subnets.public-1': idsFor('subnets', 'public-1'),
  });
});

test('a clean-up sees the ids of resources that the run created', async () => {
  let seen: string[] = [];
  fakeStep('targetGroups', { cleanUp: async ({ ids }) => void (seen = [...ids.targetGroups.keys()]) });
  await applyChanges([creation('targetGroups', 'new')]);
  expect(seen).toEqual(['new']);
});
