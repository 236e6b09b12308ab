// Only one process at a time can claim a sandbox's folder, even when several processes find the claim of a dead process.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { claimFolder, FolderTakenError } from '../../../sandbox/state/claim.ts';
import { startTimeOf } from '../../../sandbox/runtime/process-start-time.ts';
import { zombie } from '../../zombie.ts';
import { compileProgram, newFolder, startProgram } from '../../program.ts';

/** The claim of a dead process: no running process can have this ID. */
const DEAD_CLAIM = '4194305 12345\n';

/** Creates a folder with a claim that has the given content. */
function claimedFolder(text: string): { folder: string; claim: string } {
  const folder = join(newFolder(), 'sandbox');
  const claim = join(folder, 'claim');
  mkdirSync(folder);
  writeFileSync(claim, text);
  return { folder, claim };
}

afterEach(() => void jest.restoreAllMocks());

describe('a claim', () => {
  test('names its process until it is released', async () => {
    const folder = join(newFolder(), 'sandbox');
    const release = await claimFolder(folder);
    expect(readFileSync(join(folder, 'claim'), 'utf8')).toMatch(new RegExp(`^${process.pid} .+\n$`));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'claim')).mode & 0o777).toBe(0o600);
    await release();
    expect(await fsPromises.readdir(folder)).toEqual(['.gitignore']);
  });

  test('of a running process cannot be taken over', async () => {
    const folder = newFolder();
    const release = await claimFolder(folder);
    await expect(claimFolder(folder)).rejects.toEqual(new FolderTakenError(folder, process.pid));
    await release();
    await (
      await claimFolder(folder)
    )();
  });

  test.each([DEAD_CLAIM, '', 'not a claim', `${process.pid} at another time\n`])(
    'that contains %j is taken over',
    async (text) => {
      const { folder, claim } = claimedFolder(text);
      await claimFolder(folder);
      expect(readFileSync(claim, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
      expect(await fsPromises.readdir(folder)).toEqual(['claim']);
    },
  );

  test('of a process that was killed but never reaped is taken over', async () => {
    const { pid, resultWhileAlive: startTime } = await zombie(startTimeOf);
    expect(startTime).toBeDefined();
    const { folder, claim } = claimedFolder(`${pid} ${startTime}\n`);
    await claimFolder(folder);
    expect(readFileSync(claim, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  });

  test('can be taken over even if a process died while taking it over', async () => {
    const { folder } = claimedFolder(DEAD_CLAIM);
    const program = await compileProgram(CLAIMANT);
    const killed = startProgram(program, [folder, 'die while taking over']);
    expect(await killed.nextLine()).toBe('ready');
    killed.send('claim');
    await killed.ended;
    await claimFolder(folder);
    await expect(claimFolder(folder)).rejects.toThrow(FolderTakenError);
  });

  test('is not replaced by a slow process that has read only the earlier, dead claim', async () => {
    const { folder, claim } = claimedFolder(DEAD_CLAIM);
    const { readFile } = fsPromises;
    const slow = { reportRead: () => {}, resume: () => {} };
    const deadClaimRead = new Promise<void>((resolve) => (slow.reportRead = resolve));
    const resumed = new Promise<void>((resolve) => (slow.resume = resolve));
    jest.spyOn(fsPromises, 'readFile').mockImplementation(async (...args: Parameters<typeof readFile>) => {
      const text = await readFile(...args);
      if (args[0] === claim && text === DEAD_CLAIM) {
        jest.mocked(fsPromises.readFile).mockImplementation(readFile);
        slow.reportRead();
        await resumed;
      }
      return text;
    });
    const slowClaim = claimFolder(folder);
    await deadClaimRead;
    await claimFolder(folder);
    const before = statSync(claim, { bigint: true });
    slow.resume();
    await expect(slowClaim).rejects.toThrow(FolderTakenError);
    const after = statSync(claim, { bigint: true });
    // A rename would change the inode's ctime.
    expect([after.ino, after.ctimeNs]).toEqual([before.ino, before.ctimeNs]);
  });
});

/**
 * A program that claims a folder when it reads the command `claim`, and prints the result. Other commands release the folder.
 * With a second argument, the program kills itself in the middle of a takeover.
 */
const CLAIMANT = `
import { createInterface } from 'node:readline';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { claimFolder } from 'sandbox/state/claim.ts';
const [folder, diesDuringTakeover] = process.argv.slice(2);
if (diesDuringTakeover) {
  fsPromises.rename = () => process.kill(process.pid, 'SIGKILL');
  syncBuiltinESMExports();
}
let release;
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'claim') {
    release = undefined;
    try {
      release = await claimFolder(folder);
      console.log('won');
    } catch (error) {
      console.log(error.name);
    }
  } else {
    await release?.();
    console.log('released');
  }
}`;

test('when many processes find a dead claim, exactly one wins, and the new claim names that process', async () => {
  const { folder, claim } = claimedFolder(DEAD_CLAIM);
  const program = await compileProgram(CLAIMANT);
  const claimants = Array.from({ length: 6 }, () => startProgram(program, [folder]));
  for (const claimant of claimants) expect(await claimant.nextLine()).toBe('ready');
  for (let round = 0; round < 100; round += 1) {
    writeFileSync(claim, DEAD_CLAIM);
    for (const claimant of claimants) claimant.send('claim');
    const results = await Promise.all(claimants.map(({ nextLine }) => nextLine()));
    expect(results.toSorted()).toEqual([...Array<string>(5).fill('FolderTakenError'), 'won']);
    const winner = claimants[results.indexOf('won')];
    expect(readFileSync(claim, 'utf8')).toMatch(new RegExp(`^${winner?.child.pid} `));
    for (const claimant of claimants) claimant.send('release');
    for (const claimant of claimants) expect(await claimant.nextLine()).toBe('released');
  }
  expect(await fsPromises.readdir(folder)).toEqual([]);
}, 120_000);
