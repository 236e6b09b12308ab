// Fails each call of a plan and of a drift run in turn, in every way: the result is correct or a problem, and nothing changes.
import { expect, test } from '@jest/globals';
import type { Account } from '../converge/harness.ts';
import { stack } from '../converge/stacks.ts';
import {
  callFailures,
  clearFailures,
  type CallFailure,
  type CallFailureName,
  type Call,
} from './call-failures.ts';
import { beginScenario, callsOf, expectForeseenError, withFailureAt } from './every-call.ts';
import { reportLine } from './report.ts';
import { scenarios } from './scenarios.ts';

const changedStack = scenarios['a replaced target group'].desired;

/** Runs that never change anything. */
const readOnlyRuns = {
  'a plan': { before: stack(), run: (user: Account): Promise<unknown> => user.plan(changedStack) },
  'a drift': { before: stack(), run: async (user: Account) => (await user.drift(stack())).json },
};
type ReadOnlyRun = keyof typeof readOnlyRuns;

/** The failures that also apply to calls that only read. */
const applicableFailures = (Object.keys(callFailures) as CallFailureName[]).filter(
  (name) => !(callFailures[name] as CallFailure).mutatingOnly,
);
const cases = (Object.keys(readOnlyRuns) as ReadOnlyRun[]).flatMap((runName) =>
  applicableFailures.map((failureName): [string, ReadOnlyRun, CallFailureName] => [
    `${runName} returns the correct result or a problem if any call fails: ${failureName}`,
    runName,
    failureName,
  ]),
);

const failCall = (runName: ReadOnlyRun, failure: CallFailure, call: Call, expected: unknown) =>
  withFailureAt(readOnlyRuns[runName], call, failure, async (user) => {
    const { run } = readOnlyRuns[runName];
    const { state } = user.snapshot();
    const answer = await run(user).catch(expectForeseenError);
    if (answer !== undefined) expect(answer).toEqual(expected);
    clearFailures(user);
    expect(user.sandbox.journal.entries().filter(({ mutating }) => mutating)).toEqual([]);
    expect(user.snapshot().state).toBe(state);
    expect(await run(user)).toEqual(expected);
  });

test.each(cases)(
  '%s',
  async (_title, runName, failureName) => {
    const user = await beginScenario(readOnlyRuns[runName]);
    const expected = await readOnlyRuns[runName].run(user);
    await user.close();
    const calls = await callsOf(readOnlyRuns[runName]);
    const start = performance.now();
    for (const call of calls)
      expect([call, await failCall(runName, callFailures[failureName], call, expected)]).toEqual([
        call,
        true,
      ]);
    const operations = calls.map(({ service, operation }) => `${service} ${operation}`);
    reportLine({
      sweep: 'every call',
      scenario: runName,
      failure: failureName,
      operations,
      ms: performance.now() - start,
    });
  },
  1_800_000,
);
