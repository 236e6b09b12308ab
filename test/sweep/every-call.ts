/** For sweeps: breaks every call of a story in turn, and sees that all comes to its end. */
import { expect } from '@jest/globals';
import type { JournalEntry } from '../../sandbox/journal.ts';
import { account, type Account } from '../converge/harness.ts';
import { provisionedAccount } from '../converge/account-snapshots.ts';
import { randomSeed } from '../sample.ts';
import {
  failureAt,
  callFailures,
  clearFailures,
  injectFailures,
  type CallFailure,
  type CallFailureName,
  type Call,
  type FailedCall,
} from './call-failures.ts';
import { leapingClock } from './leaping-clock.ts';
import { reportLine } from './report.ts';
import { scenarios, type Scenario, type ScenarioName } from './scenarios.ts';

/** Runs a story to its end, and what is to be seen then: everything once, and nothing after a teardown. */
export async function expectRecovery(
  user: Account,
  { run, desired }: Scenario,
  whole: Readonly<Record<string, number>>,
) {
  await run(user);
  if (desired) {
    expect(await user.provision(desired)).toEqual({ done: [], calls: [] });
    expect(user.census()).toEqual(whole);
    await user.teardown(desired);
  }
  expect(user.census()).toEqual({});
}

const censuses = new Map<Scenario, Readonly<Record<string, number>>>();

/** The census of a story that nothing has gone wrong with. */
export async function expectedCensus(scenario: Scenario): Promise<Readonly<Record<string, number>>> {
  const { desired } = scenario;
  if (!desired) return {};
  const known = censuses.get(scenario);
  if (known) return known;
  const user = await account({ clock: leapingClock() });
  await user.provision(desired);
  const whole = user.census();
  await user.close();
  censuses.set(scenario, whole);
  return whole;
}

/** An account as a story begins. */
export async function beginScenario({ before, prepare }: Scenario): Promise<Account> {
  const user = before
    ? await provisionedAccount(before, leapingClock)
    : await account({ clock: leapingClock() });
  await prepare?.(user);
  user.sandbox.journal.clear();
  return user;
}

/** A call of a story that nothing goes wrong with. */
interface RecordedCall extends Call {
  readonly mutating: boolean;
  /** Whether every run makes it: how often something is looked at, and how often refused, is chance. */
  readonly inEveryRun: boolean;
}

const recordedCalls = new Map<Scenario, readonly RecordedCall[]>();

export async function callsOf(scenario: Scenario): Promise<readonly RecordedCall[]> {
  const known = recordedCalls.get(scenario);
  if (known) return known;
  const user = await beginScenario(scenario);
  await scenario.run(user);
  const entries = user.sandbox.journal.entries();
  await user.close();
  const nameOf = ({ service, operation }: JournalEntry) => `${service} ${operation}`;
  const refused = new Set(entries.filter(({ result }) => result !== 'ok').map(nameOf));
  const made = new Map<string, number>();
  const calls = entries.map((entry) => {
    const { service, operation, mutating } = entry;
    const name = nameOf(entry);
    const nth = (made.get(name) ?? 0) + 1;
    made.set(name, nth);
    return { service, operation, nth, mutating, inEveryRun: nth === 1 || (mutating && !refused.has(name)) };
  });
  recordedCalls.set(scenario, calls);
  return calls;
}

/** Those of some calls that a blow can strike. */
export const affectedCalls = (
  calls: readonly RecordedCall[],
  failure: CallFailure,
): readonly RecordedCall[] => calls.filter(({ mutating }) => mutating || !failure.mutating);

/** What a run that was struck may say; not that something is wrong with us. */
export function expectForeseenError(error: unknown): void {
  expect(error).toBeInstanceOf(Error);
  for (const mistake of [TypeError, RangeError, ReferenceError]) expect(error).not.toBeInstanceOf(mistake);
}

/**
 * Begins a story in which a blow is to fall.
 * @param tell what comes then
 * @returns whether the call was made, and struck
 */
export async function withFailureAt(
  scenario: Scenario,
  call: Call,
  failure: CallFailure,
  tell: (user: Account, failedCalls: readonly FailedCall[]) => Promise<void>,
): Promise<boolean> {
  const user = await beginScenario(scenario);
  const failedCalls = injectFailures(user, failureAt(call, failure));
  try {
    await tell(user, failedCalls);
    return failedCalls.length > 0;
  } catch (error) {
    throw new Error(`call ${call.nth} of ${call.service} ${call.operation}`, { cause: error });
  } finally {
    await user.close();
  }
}

const failCall = (
  scenario: Scenario,
  failure: CallFailure,
  call: Call,
  whole: Readonly<Record<string, number>>,
) =>
  withFailureAt(scenario, call, failure, async (user, failedCalls) => {
    await scenario.run(user).catch(expectForeseenError);
    clearFailures(user);
    if (failedCalls.length > 0) await expectRecovery(user, scenario, whole);
  });

/** The ways in which a call is broken. */
export const failureCases = (Object.keys(callFailures) as CallFailureName[]).map(
  (name): [CallFailureName] => [name],
);

/** Breaks the calls of a story in one way, one after the other: all of them in a sweep, otherwise one, another one each time. */
export async function failEveryCall(scenarioName: ScenarioName, failureName: CallFailureName): Promise<void> {
  const scenario: Scenario = scenarios[scenarioName];
  const failure: CallFailure = callFailures[failureName];
  const whole = await expectedCensus(scenario);
  const start = performance.now();
  const some = affectedCalls(await callsOf(scenario), failure);
  const surely = some.filter(({ inEveryRun }) => inEveryRun);
  const calls = process.env['SWEEP'] ? some : surely.slice(randomSeed() % surely.length).slice(0, 1);
  const failedCalls: RecordedCall[] = [];
  for (const call of calls) if (await failCall(scenario, failure, call, whole)) failedCalls.push(call);
  expect(failedCalls.length).toBeGreaterThan(0);
  expect(failedCalls).toEqual(expect.arrayContaining(calls.filter(({ inEveryRun }) => inEveryRun)));
  const operations = failedCalls.map(({ service, operation }) => `${service} ${operation}`);
  reportLine({
    sweep: 'every call',
    scenario: scenarioName,
    failure: failureName,
    operations,
    ms: performance.now() - start,
  });
}
