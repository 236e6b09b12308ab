// Resources that are usable before they are ready: what starts in the meantime, and what happens if they never become ready.
import { describe, expect, test } from '@jest/globals';
import { nouns } from '../../../lib/model/architecture.ts';
import { problem } from '../../../lib/model/problem.ts';
import { abort, applyChanges, change, creation, events, fakeStep, idsFor, log } from '../engine-harness.ts';

const notReady = (name: string) =>
  problem('UNHEALTHY', { what: `${name} exits.`, why: 'It exits.', now: 'It is created.', fix: ['Fix it.'] });

/** Fakes services that are usable at once, and become ready when the test says so. */
function fakeServices() {
  const waits = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  fakeStep('services', {
    create: async (context) => ({
      ids: idsFor('services', context.change.key),
      wait: async (onUsable: () => void) => {
        context.reportServing();
        onUsable();
        await new Promise<void>((resolve, reject) => waits.set(context.change.key, { resolve, reject }));
      },
    }),
  });
  return (key: string) => {
    const wait = waits.get(key);
    if (!wait) throw new Error(`${key} is not waited for`);
    return wait;
  };
}

/** A hook that reports when it is called. */
function meanwhile() {
  let start: (signal: AbortSignal) => void = () => undefined;
  const started = new Promise<AbortSignal>((resolve) => (start = resolve));
  return { started, whileReadying: async (_ids: unknown, signal: AbortSignal) => start(signal) };
}

const statuses = () =>
  events.flatMap((event) => (event.type === 'resource' ? [`${event.noun} ${event.status}`] : []));

describe('a resource that is usable before it is ready', () => {
  test('the steps that need it start, and the run ends when it is ready', async () => {
    const waitOf = fakeServices();
    const { started, whileReadying } = meanwhile();
    fakeStep('taskDefinitions', { cleanUp: async () => void log.push('clean up') });
    const applying = applyChanges(
      [change('taskDefinitions', 'web', 'replace'), creation('services', 'web'), creation('record')],
      {},
      { whileReadying },
    );
    await started;
    expect(log).toContain('create record');
    expect(statuses()).toContain('record created');
    expect(statuses()).not.toContain('services created');
    expect(log).not.toContain('clean up');
    waitOf('web').resolve();
    const ids = await applying;
    expect(statuses().at(-1)).toBe('services created');
    expect(log).toContain('clean up');
    expect(ids.services.get('web')).toEqual(idsFor('services', 'web'));
  });

  test('every failure is reported, and work that went on meanwhile is aborted', async () => {
    const waitOf = fakeServices();
    let aborted = 0;
    const { started, whileReadying } = meanwhile();
    const applying = applyChanges(
      [creation('services', 'web'), creation('services', 'cron')],
      {},
      {
        whileReadying: async (ids, signal) => {
          await whileReadying(ids, signal);
          await new Promise((_, reject) =>
            signal.addEventListener('abort', () => {
              aborted += 1;
              reject(new Error('aborted'));
            }),
          );
        },
      },
    );
    await started;
    waitOf('web').reject(notReady('web'));
    waitOf('cron').reject(notReady('cron'));
    await expect(applying).rejects.toMatchObject({
      code: 'STEPS_FAILED',
      why: 'web exits. It exits.\ncron exits. It exits.',
    });
    expect(aborted).toBe(1);
    expect(statuses()).not.toContain('services created');
  });

  test('a failure beside another step that failed is reported with it', async () => {
    const waitOf = fakeServices();
    let fail = (): void => undefined;
    const failed = new Promise<never>((_, reject) => (fail = () => reject(notReady('the record'))));
    fakeStep('record', { create: async () => (log.push('create record'), failed) });
    const { whileReadying } = meanwhile();
    const applying = applyChanges([creation('services', 'web'), creation('record')], {}, { whileReadying });
    applying.catch(() => undefined);
    while (!log.includes('create record')) await new Promise(setImmediate);
    waitOf('web').reject(notReady('web'));
    fail();
    await expect(applying).rejects.toMatchObject({ code: 'STEPS_FAILED' });
  });

  test('work that fails meanwhile fails the run, once everything is ready', async () => {
    const waitOf = fakeServices();
    const { started, whileReadying } = meanwhile();
    const applying = applyChanges(
      [creation('services', 'web')],
      {},
      {
        whileReadying: async (ids, signal) => {
          await whileReadying(ids, signal);
          throw notReady('the path');
        },
      },
    );
    await started;
    waitOf('web').resolve();
    await expect(applying).rejects.toMatchObject({ code: 'UNHEALTHY', what: 'the path exits.' });
    expect(statuses()).toContain('services created');
  });

  test('an interrupted run is reported as interrupted', async () => {
    const waitOf = fakeServices();
    const { started, whileReadying } = meanwhile();
    const applying = applyChanges([creation('services', 'web')], {}, { whileReadying });
    await started;
    abort.abort();
    waitOf('web').reject(new Error('aborted'));
    await expect(applying).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

test('a resource that serves is reported with the ids of all resources', async () => {
  const waitOf = fakeServices();
  const { started, whileReadying } = meanwhile();
  const serving: string[] = [];
  const applying = applyChanges(
    [creation('vpc'), creation('services', 'web')],
    {},
    { whileReadying, onServing: (address, ids) => void serving.push(address, ...ids.vpc.keys()) },
  );
  await started;
  expect(serving).toEqual(['services.web', '']);
  waitOf('web').resolve();
  await applying;
});

test('nothing goes on meanwhile if a step fails', async () => {
  let calls = 0;
  fakeStep('vpc', { create: async () => Promise.reject(notReady('the VPC')) });
  const applying = applyChanges(
    nouns.map((noun) => creation(noun)),
    {},
    { whileReadying: async () => void (calls += 1) },
  );
  await expect(applying).rejects.toMatchObject({ code: 'UNHEALTHY' });
  expect(calls).toBe(0);
});
