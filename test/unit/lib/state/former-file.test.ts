// The state file of an earlier Slipway, `<stage>.json`: when it is moved to the file of its stack, and when it stays.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { emptyState } from '../../../../lib/state/format.ts';
import { moveFormerState } from '../../../../lib/state/former-file.ts';
import { takeLock } from '../../../../lib/state/lock.ts';
import { testClock } from '../../clock.ts';
import { useFolder } from './folder.ts';

const path = useFolder();
const guard = { stack: 'shop-dev', account: '111122223333', region: 'eu-west-1', endpoint: 'aws' };
const STATE = JSON.stringify({ ...emptyState(guard), resources: { vpc: { vpcId: 'vpc-1' } } });
const DEAD = `${JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), user: 'u', command: 'npm run provision', since: '' })}\n`;

/** Moves `old/dev.json` to `<to>/shop-dev.json`. */
const move = (to = 'old') =>
  moveFormerState(
    { file: path('old/dev.json'), lock: path('old/dev.lock') },
    {
      file: path(`${to}/shop-dev.json`),
      stack: 'shop-dev',
      command: 'npm run provision',
      clock: testClock(),
    },
  );
const write = async (name: string, text: string) => {
  await mkdir(dirname(path(name)), { recursive: true });
  await writeFile(path(name), text);
};
const filesIn = async (folder: string) => (await readdir(path(folder))).sort();

describe.each(['old', 'new'])('a file of an earlier Slipway moves to the folder %s', (to) => {
  test('if it belongs to this stack', async () => {
    await write('old/dev.json', STATE);
    expect(await move(to)).toBe(
      `The state of shop-dev has moved from ${path('old/dev.json')} to ${path(`${to}/shop-dev.json`)}.`,
    );
    expect(await readFile(path(`${to}/shop-dev.json`), 'utf8')).toBe(STATE);
    expect(existsSync(path('old/dev.json'))).toBe(false);
    expect(await move(to)).toBeUndefined();
  });

  test('and the temporary files and the lock of a killed run are removed', async () => {
    await write('old/dev.json', STATE);
    await write('old/dev.json.4711-3.tmp', 'half');
    await write('old/dev.lock', DEAD);
    await move(to);
    expect(await filesIn(to)).toEqual(['shop-dev.json']);
    expect(await filesIn('old')).toEqual(to === 'old' ? ['shop-dev.json'] : []);
  });

  test('only once, even if a run was killed after it had copied the file and before it removed the original', async () => {
    await write('old/dev.json', STATE);
    await write(`${to}/shop-dev.json`, STATE);
    await write('old/dev.lock', DEAD);
    expect(await move(to)).toBeUndefined();
    expect(await filesIn(to)).toEqual(['shop-dev.json']);
    expect(await readFile(path(`${to}/shop-dev.json`), 'utf8')).toBe(STATE);
    expect(existsSync(path('old/dev.json'))).toBe(false);
  });
});

describe('a file of an earlier Slipway stays', () => {
  test('if it belongs to another stack, even while that stack is being changed', async () => {
    const other = JSON.stringify(emptyState({ ...guard, stack: 'blog-dev' }));
    await write('old/dev.json', other);
    const lock = await takeLock(path('old/dev.lock'), 'npm run provision', testClock());
    expect(await move()).toBeUndefined();
    expect(await filesIn('old')).toEqual(['dev.json', 'dev.lock']);
    expect(await readFile(path('old/dev.json'), 'utf8')).toBe(other);
    await lock.release();
  });

  test('if its stack already has another file, and a note reports this', async () => {
    const current = STATE.replace('vpc-1', 'vpc-2');
    await write('old/dev.json', STATE);
    await write('old/shop-dev.json', current);
    expect(await move()).toBe(
      `${path('old/dev.json')} is not used: the state of shop-dev is in ${path('old/shop-dev.json')}. An earlier version of Slipway wrote it; to remove it: rm ${path('old/dev.json')}`,
    );
    expect(await readFile(path('old/dev.json'), 'utf8')).toBe(STATE);
    expect(await readFile(path('old/shop-dev.json'), 'utf8')).toBe(current);
  });

  test('if it cannot be read, and the run is refused', async () => {
    await write('old/dev.json', '{');
    await expect(move()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    expect(await filesIn('old')).toEqual(['dev.json']);
  });
});

describe('the lock of an earlier Slipway', () => {
  test.each([
    ['that has a state', true],
    ['that has no state yet', false],
  ])('keeps a stack %s locked while its run is alive', async (_, isStateWritten) => {
    if (isStateWritten) await write('old/dev.json', STATE);
    else await mkdir(path('old'));
    const lock = await takeLock(path('old/dev.lock'), 'npm run provision', testClock());
    await expect(move()).rejects.toMatchObject({
      code: 'LOCKED',
      fix: expect.arrayContaining([expect.stringContaining(path('old/dev.lock'))]) as unknown,
    });
    await lock.release();
    expect(await filesIn('old')).toEqual(isStateWritten ? ['dev.json'] : []);
  });

  test('is removed if its run is dead', async () => {
    await write('old/dev.lock', DEAD);
    expect(await move()).toBeUndefined();
    expect(await filesIn('old')).toEqual([]);
  });
});

test('without a file of an earlier Slipway nothing is created', async () => {
  expect(await move()).toBeUndefined();
  expect(existsSync(path('old'))).toBe(false);
});
