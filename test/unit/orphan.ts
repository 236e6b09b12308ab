/** For tests of processes that must end with the run that started them. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect } from '@jest/globals';
import { processStartTime } from '../../lib/state/process-start-time.ts';
import { newFolder, startProgram } from '../program.ts';

/** Milliseconds within which a condition must hold; a loaded machine needs longer than an idle one. */
const TIMEOUT_MS = 20_000;

/** Waits until a condition holds. @throws Error after the timeout */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`${condition.toString()} does not hold after ${TIMEOUT_MS} ms`);
    await sleep(20);
  }
}

const orphans = new Set<number>();
afterAll(() => {
  for (const pid of orphans) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // The process has already ended.
    }
  }
});

/** The ways in which a program may keep its process busy, with statements that do so. */
export const BUSY_PROGRAMS = [
  ['spins', 'for (;;);'],
  ['blocks its thread', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'],
  ['waits', 'setInterval(() => undefined, 1000);'],
] as const;

/** A program that a run starts. */
interface StartedProgram {
  /** Its file name in a new folder. */
  readonly file: string;
  /** The statements that the program runs after it has recorded its process id. */
  readonly statements: string;
  /** Whether it is a CommonJS module. */
  readonly isCommonJs?: boolean;
}

/**
 * Starts a run that starts a program, kills the run, and expects that the program ends as well.
 * @param runText the TypeScript program of the run, whose first argument is the path of the program to start
 * @returns the folder of the program
 */
export async function expectNoOrphan(
  runText: string,
  { file, statements, isCommonJs = false }: StartedProgram,
): Promise<string> {
  const folder = newFolder();
  // The program may run as another user.
  chmodSync(folder, 0o777);
  const pidFile = join(folder, 'pid');
  const program = join(folder, file);
  const imported = isCommonJs
    ? "const { renameSync, writeFileSync } = require('node:fs');"
    : "import { renameSync, writeFileSync } from 'node:fs';";
  writeFileSync(
    program,
    `${imported}
     writeFileSync('${pidFile}.part', String(process.pid));
     renameSync('${pidFile}.part', '${pidFile}');
     ${statements}`,
  );
  const runFile = join(folder, 'run.mts');
  writeFileSync(runFile, runText);
  const run = startProgram('--import', ['tsx', runFile, program]);
  await until(() => existsSync(pidFile));
  const pid = Number(readFileSync(pidFile, 'utf8'));
  orphans.add(pid);
  const startTime = await processStartTime(pid);
  expect(startTime).toBeDefined();
  await run.kill();
  await until(async () => (await processStartTime(pid)) !== startTime);
  orphans.delete(pid);
  return folder;
}
