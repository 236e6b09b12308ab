/** The memory of containers, measured often. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { makeMemoryMeter } from '../../../sandbox/runtime/container-usage.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of started.splice(0)) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
});

/** Starts a process that starts a child, which holds 50 MiB, on request. */
async function startLeader(): Promise<{ pid: number; startChild: () => Promise<void> }> {
  const hold = `globalThis.held = Buffer.alloc(50 * 2 ** 20, 1); console.log('held'); setInterval(() => {}, 1e6)`;
  const script = `read -r line; "$0" -e "$1"`;
  const leader = spawn('/bin/sh', ['-c', `echo ready; ${script}`, process.execPath, hold], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(leader);
  await once(leader.stdout, 'data');
  return {
    pid: leader.pid ?? 0,
    async startChild() {
      leader.stdin.write('\n');
      await once(leader.stdout, 'data');
    },
  };
}

describe('a memory meter', () => {
  const MIB = 2 ** 20;

  test('finds the new processes of a container within 3 s, but not before', async () => {
    let [time, newestPid] = [0, 'a'];
    const measure = makeMemoryMeter(
      () => time,
      () => newestPid,
    );
    const { pid, startChild } = await startLeader();
    const bytes = async () => (await measure([pid])).get(pid)?.memoryBytes ?? 0;
    expect(await bytes()).toBeGreaterThan(0);
    await startChild();
    newestPid = 'b';
    time = 2_999;
    if (process.platform === 'linux') expect(await bytes()).toBeLessThan(50 * MIB);
    time = 3_000;
    expect(await bytes()).toBeGreaterThan(50 * MIB);
  });

  test('measures a new container at once', async () => {
    const measure = makeMemoryMeter(
      () => 0,
      () => 'a',
    );
    const [one, other] = [await startLeader(), await startLeader()];
    expect((await measure([one.pid])).size).toBe(1);
    expect((await measure([one.pid, other.pid])).get(other.pid)?.memoryBytes).toBeGreaterThan(0);
  });

  test('counts nothing for a container that has ended', async () => {
    const measure = makeMemoryMeter(
      () => 0,
      () => 'a',
    );
    expect((await measure([2 ** 30])).get(2 ** 30)).toEqual({ memoryBytes: 0 });
  });
});
