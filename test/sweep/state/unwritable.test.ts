// If a state file cannot be written, for lack of space or permission, the run reports a problem and the old state is kept.
import { chmod, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../lib/model/clock.ts';
import type { Guard } from '../../../lib/state/format.ts';
import { openState } from '../../../lib/state/state.ts';
import { compileProgram, newFolder, UNPRIVILEGED, startProgram } from '../../program.ts';

const guard: Guard = { stack: 'shop-dev', account: '111122223333', region: 'eu-west-1', endpoint: 'aws' };

/** A program that takes the lock, records a number of resources of 1 kB each, and prints each result. */
const WRITER = `
import fs from 'node:fs';
import { takeLock } from 'lib/state/lock.ts';
import { openState } from 'lib/state/state.ts';
const [file, count] = process.argv.slice(2);
const say = (text) => fs.writeSync(1, text + '\\n');
const problem = ({ code, what, why, now, fix }) => JSON.stringify({ code, what, why, now, fix });
try {
  const lock = await takeLock(file + '.lock', 'npm run provision', { now: Date.now });
  const state = await openState(file, ${JSON.stringify(guard)}, { now: Date.now });
  for (let n = 0; n < Number(count); n += 1) {
    await state.record('subnets.' + n, { subnetId: 'x'.repeat(1000) }).then(() => say('done'), (error) => say(problem(error)));
  }
  await lock.release();
} catch (error) {
  say(problem(error));
}`;

let program: string;
beforeAll(async () => {
  program = await compileProgram(WRITER);
});

const unwritableProblem = (why: RegExp) => ({
  code: 'STATE_UNWRITABLE',
  what: expect.stringContaining('could not be written.') as unknown,
  why: expect.stringMatching(why) as unknown,
  now: expect.stringMatching(/nothing is lost|Nothing was changed/) as unknown,
  fix: expect.arrayContaining([expect.stringContaining('make the folder writable')]) as unknown,
});

async function outputOf(...args: Parameters<typeof startProgram>): Promise<unknown[]> {
  const { nextLine, ended } = startProgram(...args);
  const lines: unknown[] = [];
  for (let line = await nextLine(); line !== undefined; line = await nextLine())
    lines.push(line === 'done' ? line : JSON.parse(line));
  expect(await ended).toBe(0);
  return lines;
}

// A limit on the file size has the same effect as a full disk, and works on every machine.
test('when space runs out, the last complete state is kept, and no other file remains', async () => {
  const file = join(newFolder(), 'dev.json');
  const lines = await outputOf(program, [file, '12'], 'ulimit -f 16');
  const written = lines.filter((line) => line === 'done').length;
  expect(written).toBeGreaterThan(3);
  expect(lines).toEqual([
    ...Array<string>(written).fill('done'),
    ...Array<unknown>(12 - written).fill(unwritableProblem(/EFBIG|ENOSPC/)),
  ]);
  const { resources } = JSON.parse(await readFile(file, 'utf8')) as { resources: object };
  expect(Object.keys(resources)).toHaveLength(written);
  expect(await readdir(dirname(file))).toEqual(['dev.json']);
}, 60_000);

describe('a read-only folder', () => {
  test('prevents a run, since the lock cannot be written', async () => {
    const folder = newFolder();
    await chmod(folder, 0o555);
    expect(await outputOf(program, [join(folder, 'dev.json'), '1'], ':', UNPRIVILEGED)).toEqual([
      unwritableProblem(/EACCES/),
    ]);
    expect(await readdir(folder)).toEqual([]);
  }, 60_000);

  test("is reported if the state's folder cannot be created in it", async () => {
    const folder = newFolder();
    await chmod(folder, 0o555);
    expect(await outputOf(program, [join(folder, '.slipway/dev.json'), '1'], ':', UNPRIVILEGED)).toEqual([
      unwritableProblem(/EACCES/),
    ]);
  }, 60_000);
});

describe.each(['0', '022', '077', '0177', '0277', '0777'])('with the umask %s', (umask) => {
  test('state and lock are accessible only to their owner, and can be written again', async () => {
    const folder = newFolder();
    const file = join(folder, '.slipway/dev.json');
    for (const _ of ['made', 'written again']) {
      expect(await outputOf(program, [file, '2'], `umask ${umask}`, UNPRIVILEGED)).toEqual(['done', 'done']);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
      expect(await readdir(dirname(file))).toEqual(['dev.json']);
    }
  }, 60_000);
});

test('a state file that disappears between two changes, even with its folder, is written again in full', async () => {
  const file = join(newFolder(), '.slipway/dev.json');
  const state = await openState(file, guard, systemClock);
  await state.record('vpc', { vpcId: 'vpc-1' });
  await rm(file);
  await state.intend('natGateway');
  await rm(dirname(file), { recursive: true });
  await state.record('natGateway', { natGatewayId: 'nat-1' });
  const { data } = await openState(file, guard, systemClock);
  expect(data.resources).toEqual({ vpc: { vpcId: 'vpc-1' }, natGateway: { natGatewayId: 'nat-1' } });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a folder with the name of the state file is reported and kept', async () => {
  const file = join(newFolder(), 'dev.json');
  await mkdir(file);
  await expect(openState(file, guard, systemClock)).rejects.toMatchObject({
    code: 'STATE_CORRUPT',
    why: expect.stringContaining('EISDIR') as unknown,
  });
  expect((await stat(file)).isDirectory()).toBe(true);
});
