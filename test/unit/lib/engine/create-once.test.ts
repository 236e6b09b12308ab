// Create calls without a client token: how often they are sent, and when a look precedes them.
import { describe, expect, test } from '@jest/globals';
import { createOnce, findWithin } from '../../../../lib/engine/create-once.ts';
import { testClock } from '../../clock.ts';
import { awsError } from '../../errors.ts';

const serverError = () => awsError('InternalError', 'oops', 500);
const brokenConnection = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** A create call with these responses in sequence, and looks that find the resource after `visibleAt` ms. */
function makeScenario(
  answers: (string | Error | undefined)[],
  { visibleAt = Infinity, isResumed = false, intentAge = 0 } = {},
) {
  const clock = testClock();
  const start = clock.now();
  const abort = new AbortController();
  const log: string[] = [];
  const find = async () => {
    log.push('look');
    return clock.now() - start >= visibleAt ? 'found' : undefined;
  };
  const create = async () => {
    log.push('create');
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const withdraw = async () => void log.push('withdraw');
  const guard = {
    clock,
    signal: abort.signal,
    isResumed,
    intent: { at: start - intentAge },
    lookInterval: 1000,
    withdraw,
  };
  return {
    log,
    abort,
    clock,
    elapsed: () => clock.now() - start,
    run: () => createOnce(guard, find, create),
    findWithin: (ms: number) => findWithin(guard, ms, find),
  };
}

describe('a create call without a token', () => {
  test('leaves no intent behind when it is refused, so the next run has nothing to look for', async () => {
    const scenario = makeScenario([awsError('UnauthorizedOperation', 'no', 403)]);
    await expect(scenario.run()).rejects.toMatchObject({ message: 'no' });
    expect(scenario.log).toEqual(['create', 'withdraw']);
  });

  test('keeps its intent when it is refused after an attempt whose response was lost', async () => {
    const scenario = makeScenario([serverError(), awsError('UnauthorizedOperation', 'no', 403)]);
    await expect(scenario.run()).rejects.toMatchObject({ message: 'no' });
    expect(scenario.log).not.toContain('withdraw');
  });

  test('keeps its intent when it is refused but an earlier run may have sent it', async () => {
    const scenario = makeScenario([awsError('UnauthorizedOperation', 'no', 403)], {
      isResumed: true,
      intentAge: 100_000,
    });
    await expect(scenario.run()).rejects.toMatchObject({ message: 'no' });
    expect(scenario.log).not.toContain('withdraw');
  });

  test('is sent after a minute of looks if an earlier run may have sent it already, even when the clock has been set back', async () => {
    const scenario = makeScenario(['vpc-1'], { isResumed: true, intentAge: -86_400_000 });
    await expect(scenario.run()).resolves.toBe('vpc-1');
    expect(scenario.elapsed()).toBe(60_000);
  });

  test('is sent once and without a look when its response arrives', async () => {
    const scenario = makeScenario(['vpc-1']);
    await expect(scenario.run()).resolves.toBe('vpc-1');
    expect(scenario.log).toEqual(['create']);
  });

  test.each([
    ['a server error', serverError],
    ['a connection that broke', brokenConnection],
  ])(
    'is not sent again when its response is lost to %s: looks find the resource instead',
    async (_, error) => {
      const scenario = makeScenario([error()], { visibleAt: 3000 });
      await expect(scenario.run()).resolves.toBe('found');
      expect(scenario.log).toEqual(['create', 'look', 'look', 'look', 'look']);
    },
  );

  test('is followed by a look if its response has no id, since the resource may have been created', async () => {
    const scenario = makeScenario([undefined], { visibleAt: 0 });
    await expect(scenario.run()).resolves.toBe('found');
    expect(scenario.log).toEqual(['create', 'look']);
  });

  test('is sent again only when looks have found nothing for a minute', async () => {
    const scenario = makeScenario([serverError(), 'vpc-2']);
    await expect(scenario.run()).resolves.toBe('vpc-2');
    expect(scenario.elapsed()).toBe(60_000);
    expect(scenario.log.filter((word) => word === 'create')).toHaveLength(2);
    expect(scenario.log.at(-2)).toBe('look');
  });

  test('is given up after three attempts, and fails with the last error', async () => {
    const scenario = makeScenario([
      serverError(),
      brokenConnection(),
      awsError('ServiceUnavailable', 'down', 503),
    ]);
    await expect(scenario.run()).rejects.toThrow('down');
    expect(scenario.log.filter((word) => word === 'create')).toHaveLength(3);
  });

  test('is given up when AWS never returns an id', async () => {
    await expect(makeScenario([undefined, undefined, undefined]).run()).rejects.toThrow(/without an id/);
  });

  test.each([
    ['a quota', awsError('VpcLimitExceeded')],
    ['a refusal', awsError('UnauthorizedOperation', 'no', 403)],
    ['throttling', awsError('RequestLimitExceeded', 'slow down', 503)],
    ['a programming mistake', new TypeError('x is not a function')],
    ['missing credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' })],
  ])(
    'is not sent again, and no look follows, if it fails with %s, since it had no effect',
    async (_, error) => {
      const scenario = makeScenario([error]);
      await expect(scenario.run()).rejects.toBe(error);
      expect(scenario.log.filter((word) => word !== 'withdraw')).toEqual(['create']);
    },
  );

  test('is left to the next run when it is interrupted', async () => {
    const scenario = makeScenario([brokenConnection()]);
    scenario.abort.abort();
    await expect(scenario.run()).rejects.toThrow('socket hang up');
    expect(scenario.log).toEqual(['create']);
  });

  test('stops its looks when it is interrupted', async () => {
    const scenario = makeScenario([serverError(), 'vpc-2']);
    const running = scenario.run();
    scenario.abort.abort();
    await expect(running).rejects.toThrow();
    expect(scenario.log.filter((word) => word === 'create')).toHaveLength(1);
  });
});

describe('a create call that an earlier run may have sent', () => {
  test('is not sent again until looks have found nothing for a minute after its intent was recorded', async () => {
    const scenario = makeScenario(['vpc-2'], { isResumed: true, intentAge: 20_000 });
    await expect(scenario.run()).resolves.toBe('vpc-2');
    expect(scenario.elapsed()).toBe(40_000);
    expect(scenario.log.indexOf('create')).toBe(scenario.log.length - 1);
  });

  test('is not sent again when its resource becomes visible: the resource is adopted', async () => {
    const scenario = makeScenario([], { isResumed: true, visibleAt: 2000 });
    await expect(scenario.run()).resolves.toBe('found');
    expect(scenario.log).toEqual(['look', 'look', 'look']);
  });

  test('is preceded by one look even if its intent was recorded long ago', async () => {
    const scenario = makeScenario(['vpc-2'], { isResumed: true, intentAge: 3_600_000 });
    await expect(scenario.run()).resolves.toBe('vpc-2');
    expect(scenario.log).toEqual(['look', 'create']);
  });
});

describe('looking for a limited time', () => {
  test('ends with the found resource', async () => {
    const scenario = makeScenario([], { visibleAt: 2000 });
    await expect(scenario.findWithin(10_000)).resolves.toBe('found');
    expect(scenario.elapsed()).toBe(2000);
  });

  test('returns undefined when time is up', async () => {
    const scenario = makeScenario([]);
    await expect(scenario.findWithin(5000)).resolves.toBeUndefined();
    expect(scenario.elapsed()).toBe(5000);
  });
});
