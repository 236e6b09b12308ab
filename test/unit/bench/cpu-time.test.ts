/** The CPU time of a process and its descendants, and the goals for the load balancer and the idle sandbox. */
import { afterEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSecondsOf, pidWithArgument } from '../../../bench/cpu-time.ts';
import { balancerVerdicts, idleVerdicts, isMet } from '../../../bench/goals.ts';
import { BALANCER_REQUESTS } from '../../../bench/throughput.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** Makes a folder like /proc with processes: the ID, the parent, and the times of the process and of its reaped children. */
function procWith(processes: readonly (readonly [pid: number, parent: number, ticks: string])[]): string {
  const proc = mkdtempSync(join(tmpdir(), 'slipway-proc-'));
  folders.push(proc);
  for (const [pid, parent, ticks] of processes) {
    mkdirSync(join(proc, String(pid)));
    writeFileSync(
      join(proc, String(pid), 'stat'),
      `${pid} (a ) b) S ${parent} 1 1 0 -1 0 0 0 0 0 ${ticks} 20 0`,
    );
    writeFileSync(join(proc, String(pid), 'cmdline'), ['node', `--of=${pid}`, ''].join('\0'));
  }
  mkdirSync(join(proc, 'self'));
  return proc;
}

test('the CPU time includes descendants and reaped children, and no other process', () => {
  const proc = procWith([
    [10, 1, '100 50 25 25'],
    [11, 10, '10 0 0 0'],
    [12, 11, '0 5 0 0'],
    [20, 1, '9000 0 0 0'],
  ]);
  expect(cpuSecondsOf(10, proc)).toBeCloseTo(2.15);
});

test('a process is found by a whole argument', () => {
  const proc = procWith([
    [1, 0, '0 0 0 0'],
    [12, 1, '0 0 0 0'],
  ]);
  expect(pidWithArgument('--of=12', proc)).toBe(12);
  expect(pidWithArgument('--of=2', proc)).toBeUndefined();
});

test.each([
  [3600, true],
  [3400, false],
])(
  'a load balancer with %d requests per second beside nginx with 10000 meets its goal: %s',
  (rate, expected) => {
    const measured = { what: BALANCER_REQUESTS, sandbox: rate, other: 10_000, otherName: 'nginx' };
    expect(balancerVerdicts([measured]).map(isMet)).toEqual([expected]);
    expect(balancerVerdicts([{ ...measured, other: undefined }])).toEqual([]);
  },
);

test.each([
  [0.9, true],
  [1.1, false],
])('an idle sandbox that uses %d %% of a core meets its goal: %s', (percent, expected) => {
  expect(idleVerdicts({ percent, seconds: 120 }).map(isMet)).toEqual([expected]);
});
