// A provision after its survey: plan-only runs, the confirmation, applying, and what is recorded at the end.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CommandContext } from '../../../lib/run/main.ts';
import type { Options } from '../../../lib/run/options.ts';
import { execute } from '../../../provision/execute.ts';
import { Trials } from '../../../provision/trials.ts';
import { fingerprint } from '../../../provision/drift.ts';
import {
  abort,
  change,
  defaultOptions,
  diffs,
  engineContext,
  mockEmptyAccount,
  events,
  fakeStep,
  foundAt,
  foundFor,
  idsFor,
  log,
  run,
  sessionOf,
  type Resources,
} from '../engine-harness.ts';
import { config, domainOf, sentCalls } from '../step-harness.ts';

const stack = config({ tags: { team: 'blue' }, domain: undefined });
const options: Options = { ...defaultOptions, wait: false };
/** The resources that exist in every test. The load balancer is active, so `finish` does not wait for it. */
const found: Resources = {
  loadBalancer: { '': foundFor('loadBalancer', '', { state: 'active' }) },
  vpc: foundAt('vpc', ''),
};
const context = (more: Partial<Options> = {}): CommandContext => ({
  options: { ...options, ...more },
  report: run.report,
  signal: abort.signal,
  interactive: false,
});
const session = () =>
  sessionOf(found, {
    config: stack,
    run: { ...run, waitUntilReady: false },
    connectedTarget: {
      settings: { region: 'eu-west-1' },
      waits: run.waits,
      endpointName: 'sandbox',
      sandbox: { resolve: async () => ({ host: '127.0.0.1', port: 8080 }) } as never,
    },
  });
const trials = new Trials(new AbortController().signal);
const runExecute = (more: Partial<Options> = {}) =>
  execute(session(), context(more), performance.now(), trials);
const appliedChanges = () => log.filter((line) => /^(create|update|remove)/.test(line));

beforeEach(() => {
  diffs.cluster = [change('cluster', '', 'create')];
});

describe('a plan', () => {
  test('--plan changes nothing, and exits with 2 if the plan has changes, otherwise with 0', async () => {
    const { exitCode, text, json } = await runExecute({ plan: true });
    expect(exitCode).toBe(2);
    expect(text).toMatch(/cluster[^]*Plan: 1 to create/);
    expect(json).toMatchObject({ plan: { changes: [{ address: 'cluster', verb: 'create' }] } });
    diffs.cluster = [];
    expect(await runExecute({ plan: true })).toMatchObject({
      exitCode: 0,
      text: expect.stringMatching(/No changes: 2 exist\.$/),
    });
    expect(log).toEqual([]);
    expect(run.state.data).toMatchObject({ resources: {}, intents: {} });
  });

  test('a drift run changes nothing, and compares the configuration with that of the last provision', async () => {
    await run.state.recordApplied({ configuration: 'another', tags: [] });
    const { exitCode, text, json } = await runExecute({ drift: true, plan: true });
    expect(exitCode).toBe(2);
    expect(text).toContain('cluster: missing');
    expect(json).toMatchObject({ configurationChanged: true });
    expect(appliedChanges()).toEqual([]);
    await run.state.recordApplied({ configuration: fingerprint(stack), tags: [] });
    expect((await runExecute({ drift: true })).json).toMatchObject({ configurationChanged: false });
  });

  test('--adopt is refused for an address with nothing to adopt', async () => {
    await expect(runExecute({ plan: true, adopt: ['natGateway'] })).rejects.toMatchObject({
      code: 'ARGUMENTS',
    });
  });
});

describe('the confirmation', () => {
  test('a provision on AWS requires a terminal or --yes', async () => {
    await expect(runExecute({ target: 'aws' })).rejects.toMatchObject({ code: 'CONFIRMATION' });
    expect(log).toEqual([]);
    await runExecute({ target: 'aws', yes: true });
    expect(appliedChanges()).toEqual(['create cluster']);
  });

  test('a provision on the sandbox without a terminal asks no question', async () => {
    await runExecute();
    expect(appliedChanges()).toEqual(['create cluster']);
  });

  test('a provision that changes nothing asks no question', async () => {
    diffs.cluster = [];
    const { exitCode } = await runExecute({ target: 'aws' });
    expect(exitCode).toBe(0);
    expect(events.at(-1)).toMatchObject({
      text: expect.stringMatching(/^shop-dev is up: no changes, 2 exist, /),
    });
  });
});

describe('a provision', () => {
  test('a provision returns the URL and all recorded ids', async () => {
    const { exitCode, text, json } = await runExecute();
    expect(exitCode).toBe(0);
    expect(text).toBe('http://dnsName-of-loadBalancer:8080');
    expect(json).toMatchObject({
      stack: 'shop-dev',
      account: '111122223333',
      url: text,
      counts: { create: 1 },
      resources: {
        cluster: idsFor('cluster'),
        vpc: idsFor('vpc'),
        loadBalancer: idsFor('loadBalancer'),
      },
    });
    expect(events[0]).toMatchObject({
      text: 'provision shop-dev · sandbox · eu-west-1 · account 111122223333',
    });
    expect(events.at(-1)).toMatchObject({ text: expect.stringMatching(/^shop-dev is up: 1 created, /) });
  });

  test('a provision records the tag keys before it sets tags, and the configuration after everything is applied', async () => {
    await run.state.recordApplied({ configuration: 'before', tags: ['owner'] });
    let stateDuringCreate: unknown;
    fakeStep('cluster', {
      create: async () => {
        stateDuringCreate = structuredClone({
          tags: run.state.data.tags,
          configuration: run.state.data.configuration,
        });
        return idsFor('cluster');
      },
    });
    await runExecute();
    expect(stateDuringCreate).toEqual({ tags: ['owner', 'team'], configuration: 'before' });
    expect(run.state.data).toMatchObject({ tags: ['team'], configuration: fingerprint(stack) });
  });

  test('the configuration of a failed provision is not recorded as applied', async () => {
    fakeStep('cluster', { create: () => Promise.reject(new Error('refused')) });
    await expect(runExecute()).rejects.toThrow('refused');
    expect(run.state.data.configuration).toBeUndefined();
    expect(run.state.data.tags).toEqual(['team']);
  });

  test('the configuration of a provision that is interrupted at its end is not recorded as applied', async () => {
    const original = session();
    const resolve = async () => {
      abort.abort();
      return undefined;
    };
    const connectedTarget = { ...original.connectedTarget, sandbox: { resolve } as never };
    await expect(
      execute({ ...original, connectedTarget }, context(), performance.now(), trials),
    ).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    expect(run.state.data.configuration).toBeUndefined();
  });

  test('without an unanswered create in the state, a provision makes no second survey', async () => {
    await runExecute();
    expect(sentCalls()).toEqual([]);
  });

  test('a provision that resumes an unanswered create surveys, plans and applies a second time', async () => {
    mockEmptyAccount();
    await run.state.intend('cluster');
    let surveyCount = 0;
    fakeStep('cluster', {
      diff: () => ((surveyCount += 1) === 1 ? [change('cluster', '', 'create')] : []),
    });
    fakeStep('vpc', {
      diff: (_desired, { vpc }) => (vpc.size === 0 ? [change('vpc', '', 'create')] : []),
    });
    const { exitCode } = await runExecute();
    expect(exitCode).toBe(0);
    expect(surveyCount).toBe(2);
    expect(appliedChanges()).toEqual(['create cluster', 'create vpc']);
    // The second survey looks for what the first pass recorded.
    expect(sentCalls()).toContainEqual({ command: 'DescribeVpcs', input: { VpcIds: ['vpcId-of-vpc'] } });
  });
});

test.each<[string, 'aws' | 'sandbox', boolean]>([
  ['on AWS causes', 'aws', true],
  ['on the sandbox does not cause', 'sandbox', false],
])(
  'a domain under .localhost %s a warning that no other machine can reach it',
  async (_where, target, hasWarning) => {
    const domain = domainOf({ name: 'shop.localhost', zone: 'shop.localhost', createZone: true });
    await execute({ ...session(), config: { ...stack, domain } }, context({ target, plan: true }), 0, trials);
    expect(events.some(({ type }) => type === 'warning')).toBe(hasWarning);
  },
);

test.each(['plan', 'drift', 'provision'] as const)(
  'for a stack without a routed container, %s notes once that the stack has a load balancer but no address',
  async (command) => {
    const services = stack.services.map((service) => ({
      ...service,
      containers: service.containers.map((container) => ({ ...container, path: undefined })),
    }));
    const more = { plan: command === 'plan', drift: command === 'drift' };
    const unroutedStack = { ...stack, services };
    const unroutedSession = {
      ...session(),
      config: unroutedStack,
      lookContext: () => engineContext(unroutedStack),
    };
    const { json } = await execute(unroutedSession, context(more), 0, trials);
    expect((json as { url?: string | null }).url ?? null).toBeNull();
    const isNote = (event: (typeof events)[number]) =>
      event.type === 'note' && event.text.startsWith('no container has a path');
    expect(events.filter(isNote)).toHaveLength(1);
    await runExecute(more);
    expect(events.filter(isNote)).toHaveLength(1);
  },
);
