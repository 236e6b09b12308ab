// The lock of a stack: its holder, the problem for other runs, and the takeover after the holder has died.
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { dirname } from 'node:path';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../../../lib/model/clock.ts';
import { shortHash } from '../../../../lib/derive/names.ts';
import { takeLock, type Lock } from '../../../../lib/state/lock.ts';
import { processStartTime } from '../../../../lib/state/process-start-time.ts';
import { compileProgram, startProgram } from '../../../program.ts';
import { zombie } from '../../../zombie.ts';
import { useFolder } from './folder.ts';

const path = useFolder();
const file = () => path('.slipway/dev.lock');
const take = (command = 'npm run provision') => takeLock(file(), command, systemClock);
const files = () => readdir(dirname(file()));

/** Writes a lock file, as an earlier run would have left it. */
async function leaveLock(text: string): Promise<void> {
  await mkdir(dirname(file()), { recursive: true });
  await writeFile(file(), text);
}
const holder = {
  pid: process.pid,
  host: os.hostname(),
  user: 'ann',
  command: 'npm run teardown',
  since: '2026-01-02T03:04:05.000Z',
};

afterEach(() => {
  jest.restoreAllMocks();
});

/**
 * The program of a process that prints "ready" and waits for a line of input. It then takes the lock, prints the outcome, and
 * exits after another line.
 */
const CONTENDER = `
  import { takeLock } from 'lib/state/lock.ts';
  console.log('ready');
  process.stdin.once('data', async () => {
    const taking = takeLock(process.argv[2], 'npm run teardown', { now: Date.now });
    process.stdin.once('data', () => process.exit(130));
    console.log(await taking.then(({ takenOverFrom }) => 'won ' + takenOverFrom, ({ code, why }) => code + ' ' + why));
  });`;

let program: string;
beforeAll(async () => {
  program = await compileProgram(CONTENDER);
});

async function startContender() {
  const { child, ended, kill, nextLine, send } = startProgram(program, [file()]);
  expect(await nextLine()).toBe('ready');
  return {
    pid: child.pid,
    async take(): Promise<string> {
      send('go');
      return (await nextLine()) ?? '';
    },
    async exit(): Promise<void> {
      send('exit');
      await ended;
    },
    die: kill,
  };
}

describe('a lock', () => {
  test('names its holder and is readable only by the owner, until it is released', async () => {
    const lock = await take();
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: os.hostname(),
      user: os.userInfo().username,
      command: 'npm run provision',
    });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file()))).mode & 0o777).toBe(0o700);
    expect(lock.takenOverFrom).toBeUndefined();
    await lock.release();
    expect(await files()).toEqual([]);
  });

  test('can be taken again once it is released', async () => {
    await (await take()).release();
    await expect(take()).resolves.toMatchObject({ takenOverFrom: undefined });
  });

  test('that another process now holds is not released', async () => {
    const lock = await take();
    await leaveLock('another process');
    await lock.release();
    expect(await readFile(file(), 'utf8')).toBe('another process');
  });

  test('can be taken by a user without a name', async () => {
    jest.spyOn(os, 'userInfo').mockImplementation(() => {
      throw new Error('no such user');
    });
    await take();
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({
      user: expect.stringMatching(/^user \d+$/) as unknown,
    });
  });

  test('that cannot be written is a problem', async () => {
    await writeFile(dirname(file()), 'a file where the folder should be');
    await expect(take()).rejects.toMatchObject({
      code: 'STATE_UNWRITABLE',
      what: `${dirname(file())} is a file.`,
    });
  });
});

describe('a living holder', () => {
  test('keeps the lock, and the problem names the holder and the time', async () => {
    const other = await startContender();
    expect(await other.take()).toBe('won undefined');
    const before = await readFile(file(), 'utf8');
    const { since } = JSON.parse(before) as { since: string };
    await expect(take()).rejects.toMatchObject({
      code: 'LOCKED',
      why: `The lock is held by npm run teardown by ${os.userInfo().username} on ${os.hostname()} (process ${other.pid}), since ${since}.`,
      fix: expect.arrayContaining([`If that process is not a run of Slipway, rm ${file()}`]) as unknown,
    });
    expect(await readFile(file(), 'utf8')).toBe(before);
    expect(await files()).toEqual(['dev.lock']);
  }, 30_000);

  test('on another machine cannot be checked, so it keeps the lock', async () => {
    await leaveLock(JSON.stringify({ ...holder, pid: 1, host: 'elsewhere' }));
    await expect(take()).rejects.toMatchObject({
      code: 'LOCKED',
      why: expect.stringContaining('on elsewhere') as unknown,
    });
  });

  test('that runs as another user keeps the lock', async () => {
    jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    });
    await leaveLock(JSON.stringify({ ...holder, pid: 4711 }));
    await expect(take()).rejects.toMatchObject({ code: 'LOCKED' });
  });
});

describe('a dead holder', () => {
  test('loses the lock, and the next holder learns whose lock it was', async () => {
    const other = await startContender();
    await other.take();
    await other.die();
    const lock = await take();
    expect(lock.takenOverFrom).toMatch(
      new RegExp(`^npm run teardown by .* \\(process ${other.pid}\\), since \\d{4}-`),
    );
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await files()).toEqual([]);
  }, 30_000);

  test.each([-3_600_000, 3_600_000])(
    'that had the id of this process before the container restarted loses the lock, whatever its clock showed (%d ms)',
    async (since) => {
      await leaveLock(JSON.stringify({ ...holder, since: new Date(Date.now() + since).toISOString() }));
      await expect(take()).resolves.toMatchObject({
        takenOverFrom: expect.stringContaining('by ann') as unknown,
      });
      expect((await stat(file())).mode & 0o777).toBe(0o600);
    },
  );

  test('loses the lock even if another process now has its id: ids are reused after a machine restarts', async () => {
    await leaveLock(JSON.stringify({ ...holder, pid: process.ppid, started: 'before the restart' }));
    await expect(take()).resolves.toMatchObject({
      takenOverFrom: expect.stringContaining('by ann') as unknown,
    });
  });

  test('with an unknown start time keeps the lock while a process with its id exists', async () => {
    await leaveLock(JSON.stringify({ ...holder, pid: process.ppid }));
    await expect(take()).rejects.toMatchObject({ code: 'LOCKED' });
  });

  test.each([
    ['with', (started?: string) => ({ started })],
    ['without', () => ({})],
  ])('that was killed but never reaped loses the lock, %s a recorded start time', async (_, more) => {
    const { pid, resultWhileAlive: startTime } = await zombie(processStartTime);
    expect(startTime).toBeDefined();
    await leaveLock(JSON.stringify({ ...holder, pid, ...more(startTime) }));
    await expect(take()).resolves.toMatchObject({
      takenOverFrom: expect.stringContaining(`(process ${pid})`) as unknown,
    });
  });

  test.each(['', '{"pid":', '{"pid":-1}', 'not json'])(
    'that left no name (%j) loses the lock',
    async (text) => {
      await leaveLock(text);
      await expect(take()).resolves.toMatchObject({ takenOverFrom: 'a process that left no name' });
    },
  );
});

describe('leftovers beside a lock', () => {
  const DEAD = JSON.stringify(holder);
  const UUID = '01234567-89ab-4cde-8f01-23456789abcd';
  const leaveBeside = async (name: string, text: string) => {
    await mkdir(dirname(file()), { recursive: true });
    await writeFile(`${file()}.${name}`, text);
  };

  test('of dead processes are removed by the next holder', async () => {
    await leaveBeside(UUID, DEAD);
    await leaveBeside('01234567', DEAD);
    await leaveBeside(`01234567.${UUID}`, DEAD);
    await leaveBeside(`${UUID.replace('0', '1')}`, '');
    await utimes(`${file()}.${UUID.replace('0', '1')}`, 0, 0);
    await take();
    expect(await files()).toEqual(['dev.lock']);
  });

  test('of living processes are kept, and so are other files', async () => {
    await leaveBeside(UUID, JSON.stringify({ ...holder, pid: process.ppid }));
    await leaveBeside('01234567', JSON.stringify({ ...holder, host: 'elsewhere' }));
    // The content of this file has not been written yet, so a living process may own the file.
    await leaveBeside(UUID.replace('0', '1'), '');
    await leaveBeside('bak', DEAD);
    const before = await files();
    await take();
    expect(await files()).toEqual(['dev.lock', ...before]);
  });
});

test('a lock that a process has not released is released when the process exits', async () => {
  const other = await startContender();
  await other.take();
  await other.exit();
  await expect(take()).resolves.toMatchObject({ takenOverFrom: undefined });
}, 30_000);

describe('when several processes take a lock simultaneously, exactly one wins', () => {
  test('if the lock is free, and if its holder has died', async () => {
    const first = await Promise.all([startContender(), startContender(), startContender()]);
    const whenFree = await Promise.all(first.map((one) => one.take()));
    expect(whenFree.filter((outcome) => outcome === 'won undefined')).toHaveLength(1);
    expect(whenFree.filter((outcome) => outcome.startsWith('LOCKED'))).toHaveLength(2);

    const winner = first[whenFree.findIndex((outcome) => outcome.startsWith('won'))];
    const second = await Promise.all([startContender(), startContender(), startContender()]);
    await winner?.die();
    const whenDead = await Promise.all(second.map((one) => one.take()));
    expect(
      whenDead.filter((outcome) => outcome.includes(`(process ${winner?.pid})`) && outcome.startsWith('won')),
    ).toHaveLength(1);
    expect(whenDead.filter((outcome) => outcome.startsWith('LOCKED'))).toHaveLength(2);
  }, 60_000);

  test('in many interleavings of their steps', async () => {
    for (let round = 0; round < 30; round += 1) {
      await leaveLock(
        JSON.stringify({ ...holder, since: new Date(performance.timeOrigin - round - 1).toISOString() }),
      );
      const settled = await Promise.allSettled(Array.from({ length: 12 }, () => take()));
      const winners = settled.filter(
        (one): one is PromiseFulfilledResult<Lock> => one.status === 'fulfilled',
      );
      const losers = settled.filter((one): one is PromiseRejectedResult => one.status === 'rejected');
      expect(winners).toHaveLength(1);
      expect(losers.map(({ reason }) => (reason as { code: string }).code)).toEqual(Array(11).fill('LOCKED'));
      await winners[0]?.value.release();
      expect(await files()).toEqual([]);
    }
  });

  test('even when a process died during an earlier takeover', async () => {
    const text = JSON.stringify({ ...holder, since: new Date(performance.timeOrigin - 1).toISOString() });
    await leaveLock(text);
    const dying = await startContender();
    await dying.die();
    // The right to replace a dead holder's file is itself a lock, whose holder can also die.
    await writeFile(`${file()}.${shortHash(8, text)}`, JSON.stringify({ ...holder, pid: dying.pid }));
    const lock = await take();
    expect(lock.takenOverFrom).toContain('by ann');
    await lock.release();
    expect(await files()).toEqual([]);
  }, 30_000);
});
