/** For tests of dead processes: makes a process that was killed but never reaped. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';

const parents: ChildProcess[] = [];
afterAll(async () => {
  for (const parent of parents) {
    parent.kill('SIGKILL');
    if (parent.exitCode === null && parent.signalCode === null) await once(parent, 'exit');
  }
});

/**
 * Starts a process and kills it. Its parent never reaps it, like PID 1 in many containers.
 * @param whileAlive called with the id of the process before the process is killed
 * @returns the id of the zombie, and the result of `whileAlive`
 */
export async function zombie<T>(
  whileAlive: (pid: number) => Promise<T>,
): Promise<{ pid: number; resultWhileAlive: T }> {
  // After `exec`, the parent is a program that does not know its child.
  const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  parents.push(parent);
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  // A shell that has not run `exec` yet could still reap the process.
  while ((await ps('comm', parent.pid)) !== 'sleep') await nextTurn();
  const resultWhileAlive = await whileAlive(pid);
  process.kill(pid, 'SIGKILL');
  while (!(await ps('stat', pid)).startsWith('Z')) await nextTurn();
  return { pid, resultWhileAlive };
}

/** Returns what `ps` shows of a process. */
const ps = async (column: 'comm' | 'stat', pid: number | undefined): Promise<string> =>
  (await promisify(execFile)('ps', ['-o', `${column}=`, '-p', String(pid)])).stdout.trim();
