// Real processes are killed with SIGKILL during a call, and the next command continues without creating duplicates.
import { beforeAll, expect, test } from '@jest/globals';
import { eventually, machine, type Machine } from '../journeys/harness.ts';
import { tinyStack } from '../journeys/tiny-stack.ts';
import { reportLine } from './report.ts';

/** The numbers of the mutating calls at which a provision or a teardown is killed. */
const PROVISION_CALLS = [1, 3, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32, 35];
const TEARDOWN_CALLS = [1, 4, 7, 10, 13, 16, 19];

/** Whether the call at which the process is killed takes effect: only the response is lost, or the call is not done. */
const KINDS = ['lost', 'not-done'] as const;
type Kind = (typeof KINDS)[number];

/** Pairs each call with a kind, alternating between the two. */
const withAlternatingKinds = (calls: readonly number[]) =>
  calls.map((nth, index): [number, Kind] => [nth, KINDS[index % 2] ?? 'lost']);

/** Runs a command and kills it while one of its calls is unanswered. */
async function runKilledAt(
  user: Machine,
  command: 'provision' | 'teardown',
  flags: readonly string[],
  nth: number,
  kind: Kind,
): Promise<void> {
  const requestFaults = (init?: RequestInit) => user.admin('faults', init);
  await requestFaults({
    method: 'POST',
    body: JSON.stringify({ kind, looks: 'silent', mutating: true, nth }),
  });
  const running = user.start(command, ...flags);
  await eventually(async () => {
    const waitingFaults = (await (await requestFaults()).json()) as unknown[];
    return waitingFaults.length === 0 ? true : undefined;
  });
  running.child.kill('SIGKILL');
  await running.done;
  const failedCalls = (await user.journal()).filter(({ fault }) => fault !== undefined);
  expect(failedCalls).toMatchObject([{ fault: kind }]);
}

/** Returns a machine whose sandbox is already running. */
async function machineWithSandbox(): Promise<{ user: Machine; flags: string[] }> {
  const user = await machine();
  const flags = tinyStack(user);
  await user.start('sandbox').outputs(/answers at/);
  return { user, flags };
}

let fullCensus: Record<string, number>;
beforeAll(async () => {
  const { user, flags } = await machineWithSandbox();
  expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
  fullCensus = await user.census();
  expect(await user.run('teardown', ...flags)).toMatchObject({ code: 0, problem: undefined });
}, 120_000);

test.each(withAlternatingKinds(PROVISION_CALLS))(
  'the next run completes a provision that was killed at mutating call %i (%s)',
  async (nth, kind) => {
    const start = performance.now();
    const { user, flags } = await machineWithSandbox();
    await runKilledAt(user, 'provision', flags, nth, kind);
    expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
    expect(await user.census()).toEqual(fullCensus);
    expect(await user.run('teardown', ...flags)).toMatchObject({ code: 0, problem: undefined });
    expect(await user.census()).toEqual({});
    reportLine({ sweep: 'killed', what: 'a provision', count: 1, ms: performance.now() - start });
  },
  300_000,
);

test.each(withAlternatingKinds(TEARDOWN_CALLS))(
  'the next run completes a teardown that was killed at mutating call %i (%s)',
  async (nth, kind) => {
    const start = performance.now();
    const { user, flags } = await machineWithSandbox();
    expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
    await runKilledAt(user, 'teardown', flags, nth, kind);
    expect(await user.run('teardown', ...flags)).toMatchObject({ code: 0, problem: undefined });
    expect(await user.census()).toEqual({});
    reportLine({ sweep: 'killed', what: 'a teardown', count: 1, ms: performance.now() - start });
  },
  300_000,
);
