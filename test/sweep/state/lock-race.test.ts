// Several processes compete for a stack's lock many times: only one holds it at a time, and each gets it eventually.
import { readdir, readFile, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compileProgram, newFolder, startProgram, type Program } from '../../program.ts';

/**
 * A program that, on each "go", tries until it has the lock, releases the lock, and logs both. On "go and stay", the
 * program keeps the lock until it is killed.
 */
const CONTENDER = `
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { takeLock } from 'lib/state/lock.ts';
const [lock, log, name] = process.argv.slice(2);
const say = (text) => fs.writeSync(1, text + '\\n');
const turn = () => new Promise(setImmediate);
say('ready');
for await (const command of createInterface({ input: process.stdin })) {
  let refusals = 0;
  for (;;) {
    try {
      const { takenOverFrom, release } = await takeLock(lock, 'npm run provision', { now: Date.now });
      fs.appendFileSync(log, name + ' in\\n');
      say('has it ' + refusals + ' ' + (takenOverFrom ? 'taken over' : 'free'));
      if (command === 'go and stay') break;
      for (let n = Math.random() * 20; n > 0; n -= 1) await turn();
      fs.appendFileSync(log, name + ' out\\n');
      await release();
      say('released it');
      break;
    } catch (error) {
      if (error.code !== 'LOCKED') say('failed ' + error.stack), process.exit(1);
      refusals += 1;
      await turn();
    }
  }
}`;

async function startContenders(count: number) {
  const program = await compileProgram(CONTENDER);
  const folder = newFolder();
  const [lock, log] = [join(folder, 'dev.lock'), join(folder, 'log')];
  const startContender = async (name: string): Promise<Program> => {
    const contender = startProgram(program, [lock, log, name]);
    expect(await contender.nextLine()).toBe('ready');
    return contender;
  };
  const contenders = await Promise.all(
    Array.from({ length: count }, (_, index) => startContender(`c${index}`)),
  );
  return { lock, log, contenders, startContender };
}

test('only one process holds the lock at a time', async () => {
  const { lock, log, contenders } = await startContenders(3);
  const rounds = 1000;
  for (let round = 0; round < rounds; round += 1) {
    contenders.forEach((contender) => contender.send('go'));
    for (const contender of contenders) {
      expect(await contender.nextLine()).toMatch(/^has it \d+ free$/);
      expect(await contender.nextLine()).toBe('released it');
    }
  }
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(rounds * contenders.length * 2);
  const overlapping = lines.filter((line, index) => {
    const [name, word] = line.split(' ');
    return word === 'in' ? lines[index + 1] !== `${name} out` : lines[index - 1] !== `${name} in`;
  });
  expect(overlapping).toEqual([]);
  expect(await readdir(dirname(lock))).toEqual(['log']);
}, 900_000);

test('after the holder is killed, exactly one of the waiting processes takes over the lock', async () => {
  const { lock, contenders, startContender } = await startContenders(3);
  let [holder, ...others] = contenders as [Program, ...Program[]];
  holder.send('go and stay');
  await holder.nextLine();
  for (let round = 0; round < 100; round += 1) {
    others.forEach((contender) => contender.send('go and stay'));
    await holder.kill();
    // One process now has the lock, and the others keep trying.
    const next = await Promise.race(
      others.map(async (contender) => ({ contender, line: await contender.nextLine() })),
    );
    expect(next.line).toMatch(/taken over$/);
    const { pid } = JSON.parse(await readFile(lock, 'utf8')) as { pid: number };
    expect(pid).toBe(next.contender.child.pid);
    for (const contender of others) if (contender !== next.contender) await contender.kill();
    holder = next.contender;
    others = await Promise.all([startContender('x'), startContender('y')]);
  }
  await holder.kill();
  // The next holder deletes the files of processes that were killed while they waited for the lock. It also deletes files
  // that do not name a process yet, once they are a minute old.
  const folder = dirname(lock);
  for (const name of await readdir(folder)) await utimes(join(folder, name), 0, 0);
  others[0]?.send('go');
  await others[0]?.nextLine();
  await others[0]?.nextLine();
  expect(await readdir(dirname(lock))).toEqual(['log']);
}, 900_000);
