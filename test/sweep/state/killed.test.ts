// A process is killed at each step of writing the state file, and at random moments during many writes.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../lib/model/clock.ts';
import type { Guard, StateData } from '../../../lib/state/format.ts';
import { openState } from '../../../lib/state/state.ts';
import { compileProgram, newFolder, startProgram } from '../../program.ts';
import { KILL_AT_OPERATION } from './kill-at-operation.ts';

const guard: Guard = { stack: 'shop-dev', account: '111122223333', region: 'eu-west-1', endpoint: 'aws' };
const open = (file: string) => openState(file, guard, systemClock);
const read = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as StateData;

/** A program that writes one change and kills itself before, during or after its nth file operation. */
const STEPPER = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { openState } from 'lib/state/state.ts';
const [file, nth, when] = process.argv.slice(2);
const state = await openState(file, ${JSON.stringify(guard)}, { now: Date.now });
${KILL_AT_OPERATION}
const handle = await fs.promises.open(file);
for (const name of ['chmod', 'chown', 'writeFile', 'sync']) wrap(Object.getPrototypeOf(handle), name);
for (const name of ['chmod', 'mkdir', 'open', 'realpath', 'rename', 'rm', 'stat']) wrap(fs.promises, name);
syncBuiltinESMExports();
await state.record('vpc', { vpcId: 'vpc-new' });
fs.writeSync(1, 'done\\n');
`;

test('a process killed at any step of a write leaves the old file or the new one, and the next open removes the temporary file', async () => {
  const program = await compileProgram(STEPPER);
  const file = join(newFolder(), 'dev.json');
  const steps = new Set<string>();
  const fileCounts = new Set<number>();
  for (let nth = 1; !steps.has('done'); nth += 1) {
    for (const when of ['before', 'within', 'after']) {
      await (await open(file)).record('vpc', { vpcId: 'vpc-old' });
      const writer = startProgram(program, [file, String(nth), when]);
      const step = (await writer.nextLine()) ?? '';
      steps.add(step);
      expect({ step, ended: await writer.ended }).toEqual({ step, ended: step === 'done' ? 0 : 'SIGKILL' });
      expect(['vpc-old', 'vpc-new']).toContain((await read(file)).resources['vpc']?.['vpcId']);
      fileCounts.add((await readdir(dirname(file))).length);
      await open(file);
      expect(await readdir(dirname(file))).toEqual(['dev.json']);
    }
  }
  expect([...steps]).toEqual(expect.arrayContaining(['open', 'writeFile', 'sync', 'rename', 'done']));
  // Some processes left a temporary file, and the next open removed it.
  expect([...fileCounts].sort()).toEqual([1, 2]);
}, 300_000);

/** A program that writes a state of about 100 kB repeatedly, and prints the number of each write before and after it. */
const LOOPER = `
import fs from 'node:fs';
import { openState } from 'lib/state/state.ts';
const [file] = process.argv.slice(2);
const state = await openState(file, ${JSON.stringify(guard)}, { now: Date.now });
for (let n = Number(state.data.resources.count?.n ?? 0) + 1; ; n += 1) {
  fs.writeSync(1, 'begun ' + n + '\\n');
  const ids = Array.from({ length: 100 }, (_, i) => ['id' + i, String(n % 10).repeat(1000)]);
  await state.record('count', { n: String(n), ...Object.fromEntries(ids) });
  fs.writeSync(1, 'done ' + n + '\\n');
}`;

test('a process killed at any moment leaves the last state that it had written or the one that it was writing', async () => {
  const program = await compileProgram(LOOPER);
  const file = join(newFolder(), 'dev.json');
  await (await open(file)).record('vpc', { vpcId: 'vpc-1' });
  for (let round = 0; round < 300; round += 1) {
    const writer = startProgram(program, [file]);
    const lineCount = 1 + Math.floor(Math.random() * 12);
    let lastLine = '';
    for (let line = 0; line < lineCount; line += 1) lastLine = (await writer.nextLine()) ?? '';
    for (const end = performance.now() + Math.random() * 8; performance.now() < end;);
    const killing = writer.kill();
    for (let line = await writer.nextLine(); line !== undefined; line = await writer.nextLine())
      lastLine = line;
    await killing;
    const [word, number] = lastLine.split(' ');
    const { resources } = await read(file);
    const written = Number(resources['count']?.['n'] ?? 0);
    expect({ lastLine, written }).toEqual({
      lastLine,
      // A write that was begun may or may not have happened, but a write that was reported as done must have.
      written: word === 'done' || written === Number(number) ? Number(number) : Number(number) - 1,
    });
    expect(resources['vpc']).toEqual({ vpcId: 'vpc-1' });
    expect((await readdir(dirname(file))).length).toBeLessThanOrEqual(2);
  }
  await open(file);
  expect(await readdir(dirname(file))).toEqual(['dev.json']);
}, 900_000);

test('opening a state file keeps unrelated files beside it', async () => {
  const folder = newFolder();
  const others = ['dev.json.1', 'dev.json.20250101', 'dev.json.bad', 'dev.json.tmp', 'prod.json.1-1.tmp'];
  await mkdir(folder, { recursive: true });
  for (const name of [...others, 'dev.json.4711-1.tmp']) await writeFile(join(folder, name), 'kept');
  await open(join(folder, 'dev.json'));
  expect((await readdir(folder)).sort()).toEqual(others.sort());
});
