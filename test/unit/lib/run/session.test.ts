// A session opens its parts in order, and closes all of them, whatever fails.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Config } from '../../../../lib/config/config.ts';
import type { LookContext } from '../../../../lib/look/context.ts';
import { localWaits } from '../../../../lib/engine/waits.ts';
import type { Options } from '../../../../lib/run/options.ts';
import { openSession, type SessionOptions } from '../../../../lib/run/session.ts';
import type { SandboxHandle } from '../../../../lib/run/target.ts';
import { emptyState, type StateData } from '../../../../lib/state/format.ts';
import { takeLock } from '../../../../lib/state/lock.ts';
import { defaultOptions, events, fileOf, log, run } from '../../engine-harness.ts';
import { fakeSandbox } from './fake-sandbox.ts';
import { ACCOUNT, awsError, config, mocks, sentCalls, surveyOf, testClock } from '../../step-harness.ts';

const GUARD = { stack: 'shop-dev', account: ACCOUNT, region: 'eu-west-1', endpoint: 'sandbox' };
const LOCK = 'home/shop-dev.lock';
let sandbox: ReturnType<typeof fakeSandbox>;
/** A sandbox that keeps its state in the folder of this test's project. */
const projectSandbox: typeof fakeSandbox = (overrides) =>
  fakeSandbox({ folder: fileOf('home/sandbox'), ...overrides });
/** The context of the first survey. */
let surveyContext: LookContext | undefined;

beforeEach(() => {
  sandbox = projectSandbox();
  surveyContext = undefined;
  mocks.sts.on(GetCallerIdentityCommand).callsFake(() => {
    log.push('identity');
    return { Account: ACCOUNT };
  });
});

const openTestSession = (
  overrides: Partial<SessionOptions> = {},
  { options = {}, stack = {} }: { options?: Partial<Options>; stack?: Partial<Config> } = {},
) =>
  openSession(
    { ...defaultOptions, ...options },
    {
      command: 'teardown',
      report: run.report,
      signal: run.signal,
      home: fileOf('home'),
      config: Promise.resolve(config({ target: 'sandbox', ...stack })),
      time: { clock: testClock(), waits: localWaits },
      openSandbox: async () => {
        log.push(existsSync(fileOf(LOCK)) ? 'sandbox under a lock' : 'sandbox');
        return sandbox.sandbox;
      },
      survey: async (context) => {
        log.push(existsSync(fileOf(LOCK)) ? 'survey under a lock' : 'survey');
        surveyContext = context;
        return surveyOf();
      },
      ...overrides,
    },
  );
const writeState = (more: Partial<StateData> = {}): void => {
  mkdirSync(fileOf('home'), { recursive: true });
  writeFileSync(fileOf('home/shop-dev.json'), JSON.stringify({ ...emptyState(GUARD), ...more }));
};
const isLocked = () => existsSync(fileOf(LOCK));
/** Replaces the sandbox with one that was already running. */
const mockRunningSandbox = () => (sandbox = projectSandbox({ started: false }));

describe('opening a session', () => {
  test('opens the sandbox, takes the lock, starts the survey, and meanwhile looks up the account', async () => {
    const session = await openTestSession();
    expect(log.slice(0, 1)).toEqual(['sandbox']);
    expect(log.slice(1).sort()).toEqual(['identity', 'survey under a lock']);
    expect(session).toMatchObject({ account: ACCOUNT, run: { endpoint: 'http://mock', waits: localWaits } });
    await session.close();
  });

  test('loads the configuration first, and opens nothing without one', async () => {
    const invalid = Promise.reject(new Error('no configuration'));
    await expect(openTestSession({ config: invalid })).rejects.toThrow('no configuration');
    expect(log).toEqual([]);
    expect(isLocked()).toBe(false);
  });

  test('names the command to continue with, and the stage', async () => {
    const session = await openTestSession({}, { options: { stage: 'prod' }, stack: { stage: 'prod' } });
    expect(session.run.command).toMatch(/^npm run teardown.*--stage prod/);
    expect(existsSync(fileOf('home/shop-prod.lock'))).toBe(true);
    await session.close();
  });

  test('writes its command into the lock', async () => {
    const session = await openTestSession();
    expect(JSON.parse(readFileSync(fileOf(LOCK), 'utf8'))).toMatchObject({
      command: 'npm run teardown',
      pid: process.pid,
    });
    await session.close();
  });

  test('warns when it takes over the lock of a run that has died', async () => {
    mkdirSync(fileOf('home'), { recursive: true });
    const lock = await takeLock(fileOf(LOCK), 'npm run provision', testClock());
    const holder = JSON.parse(readFileSync(fileOf(LOCK), 'utf8')) as object;
    await lock.release();
    writeFileSync(fileOf(LOCK), `${JSON.stringify({ ...holder, pid: 2 ** 22 + 1 })}\n`);
    const session = await openTestSession();
    expect(events).toContainEqual({
      type: 'warning',
      text: expect.stringMatching(
        /^Took over the lock of a run that is no longer alive: .*npm run provision/,
      ),
    });
    await session.close();
  });

  test('passes the recorded ids to the first survey, if a state exists', async () => {
    await (await openTestSession()).close();
    expect(surveyContext?.recorded).toBeUndefined();
    writeState({ resources: { vpc: { vpcId: 'vpc-1' } } });
    await (await openTestSession()).close();
    expect([...(surveyContext?.recorded?.('vpc') ?? [])]).toEqual([['', { vpcId: 'vpc-1' }]]);
  });

  const refused = () =>
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4566'), { code: 'ECONNREFUSED' });

  test('opens the sandbox again, once, if it is stopped before it answers the first call', async () => {
    mocks.sts.on(GetCallerIdentityCommand).rejects(refused());
    const next = projectSandbox({ pid: 456, started: true });
    const openSandbox = async () => {
      log.push('sandbox');
      if (log.filter((entry) => entry === 'sandbox').length === 1) return sandbox.sandbox;
      mocks.sts.on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT });
      return next.sandbox;
    };
    const session = await openTestSession({ openSandbox });
    expect(log.filter((entry) => entry === 'sandbox')).toHaveLength(2);
    expect(session).toMatchObject({ account: ACCOUNT, connectedTarget: { sandbox: { pid: 456 } } });
    await session.close();
    expect([sandbox.stopCount(), next.stopCount()]).toEqual([0, 1]);
  });

  test('repeats a survey during which the sandbox was stopped', async () => {
    let surveyCount = 0;
    const survey = async () => {
      surveyCount += 1;
      if (surveyCount === 1) throw refused();
      return surveyOf();
    };
    const session = await openTestSession({ survey });
    expect(await session.found).toEqual(surveyOf());
    expect(log.filter((entry) => entry === 'sandbox' || entry === 'sandbox under a lock')).toHaveLength(2);
    await session.close();
  });

  test('reports that nothing answers if the second sandbox does not answer either', async () => {
    mocks.sts.on(GetCallerIdentityCommand).rejects(refused());
    await expect(openTestSession()).rejects.toMatchObject({ code: 'ENDPOINT' });
    expect(log.filter((entry) => entry.startsWith('sandbox'))).toHaveLength(2);
    expect(isLocked()).toBe(false);
  });

  test('ends only when its survey has ended, and starts no sandbox after that', async () => {
    let fail: (error: Error) => void = () => undefined;
    const pendingSurvey = new Promise<never>((_, reject) => (fail = reject));
    const session = await openTestSession({ survey: () => pendingSurvey });
    let hasClosed = false;
    const closing = session.close().then(() => (hasClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([hasClosed, isLocked()]).toEqual([false, true]);
    fail(refused());
    await closing;
    expect(isLocked()).toBe(false);
    expect(log.filter((entry) => entry.startsWith('sandbox'))).toHaveLength(1);
  });

  test('leaves no build running after it has closed', async () => {
    const stack = config({ target: 'sandbox' });
    const image = { source: resolve(import.meta.dirname, '../../../../services/api1') };
    const services = stack.services.map((service) => ({
      ...service,
      containers: service.containers.map((container) => ({ ...container, image })),
    }));
    const session = await openTestSession({
      command: 'provision',
      config: Promise.resolve({ ...stack, services }),
    });
    const [{ key = '' } = {}] = services.flatMap(({ containers }) => containers);
    const ended = session
      .lookContext()
      .builds.of(key)
      .then(
        () => 'ended',
        () => 'ended',
      );
    await session.close();
    expect(await Promise.race([ended, new Promise((done) => setImmediate(() => done('running')))])).toBe(
      'ended',
    );
  });

  test('reports a failed survey only where the survey is awaited', async () => {
    const session = await openTestSession({ survey: () => Promise.reject(new Error('denied')) });
    await expect(session.found).rejects.toThrow('denied');
    await session.close();
  });

  test('starts to build images while the sandbox opens, but not for a teardown', async () => {
    const builderReadsIn = async (command: string) => {
      let readCount = 0;
      // The builder is chosen when the first image is built.
      const stack = Object.defineProperty(config({ target: 'sandbox' }), 'builder', {
        get: () => ((readCount += 1), 'auto'),
      });
      let before = 0;
      const openSandbox = async () => {
        before = readCount;
        return sandbox.sandbox;
      };
      await (await openTestSession({ command, config: Promise.resolve(stack), openSandbox })).close();
      return { before, readCount };
    };
    const teardown = await builderReadsIn('teardown');
    expect(teardown.readCount).toBe(teardown.before);
    expect((await builderReadsIn('provision')).before).toBeGreaterThan(teardown.before);
  });
});

describe('the context of later looks', () => {
  test('names the account and the tags that the configuration no longer has', async () => {
    writeState({ tags: ['owner', 'team'] });
    const session = await openTestSession({}, { stack: { tags: { team: 'blue' } } });
    expect(session.lookContext()).toMatchObject({ account: ACCOUNT, formerTags: ['owner'] });
    expect(session.lookContext().names.stack).toBe('shop-dev');
    await session.close();
  });

  test('shares requests within one survey, but not between two surveys', async () => {
    const session = await openTestSession();
    const context = session.lookContext();
    let askCount = 0;
    const ask = async () => (askCount += 1);
    await Promise.all([context.shared('vpc', ask), context.shared('vpc', ask)]);
    expect(askCount).toBe(1);
    await session.lookContext().shared('vpc', ask);
    expect(askCount).toBe(2);
    await session.close();
  });
});

describe('a failure while opening a session', () => {
  test.each<[string, () => void, object]>([
    [
      'no credentials',
      () => void mocks.sts.on(GetCallerIdentityCommand).rejects(awsError('InvalidClientTokenId', 'no', 403)),
      { code: 'CREDENTIALS_EXPIRED' },
    ],
    ['a state of another account', () => writeState({ account: '999999999999' }), { code: 'STATE_FOREIGN' }],
    [
      'a state that cannot be read',
      () => {
        writeState();
        writeFileSync(fileOf('home/shop-dev.json'), 'no JSON');
      },
      { code: 'STATE_CORRUPT' },
    ],
  ])(
    'releases the lock, and stops the sandbox that this run has started: %s',
    async (_what, arrange, expected) => {
      arrange();
      await expect(openTestSession()).rejects.toMatchObject(expected);
      expect(isLocked()).toBe(false);
      expect(sandbox.stopCount()).toBe(1);
    },
  );

  test('does not stop a sandbox that was already running', async () => {
    mockRunningSandbox();
    writeState({ account: '999999999999' });
    await expect(openTestSession()).rejects.toMatchObject({ code: 'STATE_FOREIGN' });
    expect(sandbox.stopCount()).toBe(0);
    expect(isLocked()).toBe(false);
  });

  test('leaves the sandbox and the lock alone if another run holds the lock', async () => {
    mkdirSync(fileOf('home'), { recursive: true });
    const lock = await takeLock(fileOf(LOCK), 'npm run provision', testClock());
    await expect(openTestSession()).rejects.toMatchObject({ code: 'LOCKED' });
    expect(isLocked()).toBe(true);
    expect(sandbox.stopCount()).toBe(0);
    expect(sentCalls()).toEqual([]);
    await lock.release();
  });
});

describe('closing a session', () => {
  test('releases the lock, and stops an empty sandbox that this run has started, but only once', async () => {
    const session = await openTestSession();
    expect(isLocked()).toBe(true);
    expect(await session.closeSandbox()).toBe(true);
    await session.close();
    expect(sandbox.stopCount()).toBe(1);
    expect(isLocked()).toBe(false);
  });

  test.each<[string, Partial<SandboxHandle>]>([
    ['is not empty', { census: async () => ({ 'ec2.vpcs': 1 }) }],
    ['was already running', { started: false }],
  ])('does not stop a sandbox that %s', async (_what, overrides) => {
    sandbox = projectSandbox(overrides);
    await (await openTestSession()).close();
    expect(sandbox.stopCount()).toBe(0);
    expect(isLocked()).toBe(false);
  });

  test('warns about a sandbox that does not stop, and still releases the lock', async () => {
    sandbox = projectSandbox({ stop: () => Promise.reject(new Error('stuck')) });
    await (await openTestSession()).close();
    expect(events).toContainEqual({
      type: 'warning',
      text: expect.stringContaining('The sandbox did not stop.'),
    });
    expect(isLocked()).toBe(false);
  });

  test('stops no sandbox when the target is AWS', async () => {
    const session = await openTestSession({}, { options: { target: 'aws' }, stack: { target: 'aws' } });
    expect(log).not.toContain('sandbox');
    expect(await session.closeSandbox()).toBe(false);
    await session.close();
    expect(isLocked()).toBe(false);
  });
});

describe('secrets in the configuration', () => {
  const [service] = config().services;
  const secret = 'correct-horse-battery';
  const services = [
    {
      ...service,
      containers: service?.containers.map((one) => ({ ...one, environment: { PASSWORD: secret } })),
    },
  ] as unknown as Config['services'];

  test('appear in no problem and in no event', async () => {
    const session = await openTestSession({}, { stack: { services } });
    expect(session.explain(new Error(`wrong: ${secret}`)).message).not.toContain(secret);
    session.run.report({ type: 'note', text: `it is ${secret}` });
    expect(JSON.stringify(events)).not.toContain(secret);
    await session.close();
  });
});
