/** For sweeps: fails every call of a scenario in turn, and checks that the next run recovers. */
import { expect } from '@jest/globals';
import type { JournalEntry } from '../../sandbox/server/journal.ts';
import { account, type Account } from '../converge/harness.ts';
import { provisionedAccount } from '../converge/account-snapshots.ts';
import { randomSeed } from '../sample.ts';
import {
  injectionAt,
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
import { desiredIn, scenarios, type Scenario, type ScenarioName } from './scenarios.ts';

/** Runs a scenario again, and checks that every resource exists exactly once and that a teardown removes them all. */
export async function expectRecovery(
  user: Account,
  scenario: Scenario,
  fullCensus: Readonly<Record<string, number>>,
  outside: Readonly<Record<string, number>> = {},
) {
  await scenario.run(user);
  const desired = desiredIn(user, scenario);
  if (desired) {
    expect(await user.provision(desired)).toEqual({ done: [], calls: [] });
    expect(user.census()).toEqual(fullCensus);
    await user.teardown(desired);
  }
  expect(user.census()).toEqual(outside);
}

const censuses = new Map<Scenario, Readonly<Record<string, number>>>();

/** Returns the census after an undisturbed scenario. */
export async function expectedCensus(scenario: Scenario): Promise<Readonly<Record<string, number>>> {
  if (!scenario.desired) return {};
  const cached = censuses.get(scenario);
  if (cached) return cached;
  const user = await account({ clock: leapingClock() });
  await scenario.surroundings?.(user);
  const desired = desiredIn(user, scenario);
  if (desired) await user.provision(desired);
  const fullCensus = user.census();
  await user.close();
  censuses.set(scenario, fullCensus);
  return fullCensus;
}

/** Returns the census of what exists before any stack of a scenario. */
export async function censusOutside({ surroundings }: Scenario): Promise<Readonly<Record<string, number>>> {
  if (!surroundings) return {};
  const user = await account();
  await surroundings(user);
  const outside = user.census();
  await user.close();
  return outside;
}

/** Opens an account in the initial state of a scenario. */
export async function beginScenario({ before, plane, surroundings, prepare }: Scenario): Promise<Account> {
  const user = before
    ? await provisionedAccount(before, leapingClock, surroundings)
    : await account({ clock: leapingClock(), ...(plane && { plane }) });
  if (!before) await surroundings?.(user);
  await prepare?.(user);
  user.sandbox.journal.clear();
  return user;
}

/** A call in an undisturbed scenario. */
interface RecordedCall extends Call {
  readonly mutating: boolean;
  /** Whether every run makes this call. The numbers of polls and refusals vary between runs. */
  readonly inEveryRun: boolean;
}

const recordedCalls = new Map<Scenario, readonly RecordedCall[]>();

/** Returns the calls of an undisturbed scenario, in order. */
export async function callsOf(scenario: Scenario): Promise<readonly RecordedCall[]> {
  const cached = recordedCalls.get(scenario);
  if (cached) return cached;
  const user = await beginScenario(scenario);
  await scenario.run(user);
  const entries = user.sandbox.journal.entries();
  await user.close();
  const nameOf = ({ service, operation }: JournalEntry) => `${service} ${operation}`;
  const refusedNames = new Set(entries.filter(({ result }) => result !== 'ok').map(nameOf));
  const counts = new Map<string, number>();
  const calls = entries.map((entry) => {
    const { service, operation, mutating } = entry;
    const name = nameOf(entry);
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    return {
      service,
      operation,
      nth,
      mutating,
      inEveryRun: nth === 1 || (mutating && !refusedNames.has(name)),
    };
  });
  recordedCalls.set(scenario, calls);
  return calls;
}

/** Selects the calls that a failure applies to. */
export const affectedCalls = (
  calls: readonly RecordedCall[],
  failure: CallFailure,
): readonly RecordedCall[] => calls.filter(({ mutating }) => mutating || !failure.mutatingOnly);

/** Checks that an error is one that a failed call may cause, and not a programming error. */
export function expectForeseenError(error: unknown): void {
  expect(error).toBeInstanceOf(Error);
  for (const mistake of [TypeError, RangeError, ReferenceError]) expect(error).not.toBeInstanceOf(mistake);
}

/**
 * Begins a scenario with a failure injected into one of its calls.
 * @param run the rest of the test
 * @returns whether the call was made and failed
 */
export async function withFailureAt(
  scenario: Scenario,
  call: Call,
  failure: CallFailure,
  run: (user: Account, failedCalls: readonly FailedCall[]) => Promise<void>,
): Promise<boolean> {
  const user = await beginScenario(scenario);
  const failedCalls = injectFailures(user, injectionAt(call, failure));
  try {
    await run(user, failedCalls);
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
  fullCensus: Readonly<Record<string, number>>,
  outside: Readonly<Record<string, number>>,
) =>
  withFailureAt(scenario, call, failure, async (user, failedCalls) => {
    const ofOthers = scenario.ofOthers?.(user);
    await scenario.run(user).catch(expectForeseenError);
    expect(scenario.ofOthers?.(user)).toEqual(ofOthers);
    clearFailures(user);
    if (failedCalls.length > 0) await expectRecovery(user, scenario, fullCensus, outside);
    expect(scenario.ofOthers?.(user)).toEqual(ofOthers);
  });

/** One test case per way of failing: the title, and the name of the failure. */
export const failureCases = (Object.keys(callFailures) as CallFailureName[]).map(
  (name): [title: string, CallFailureName] => [
    `the next run recovers from a failure of any call: ${name}`,
    name,
  ],
);

/** Fails the calls of a scenario in turn, in one way: all of them in a sweep, otherwise one that the seed selects. */
export async function failEveryCall(scenarioName: ScenarioName, failureName: CallFailureName): Promise<void> {
  const scenario: Scenario = scenarios[scenarioName];
  const failure: CallFailure = callFailures[failureName];
  const fullCensus = await expectedCensus(scenario);
  const outside = await censusOutside(scenario);
  const start = performance.now();
  const affected = affectedCalls(await callsOf(scenario), failure);
  const callsOfEveryRun = affected.filter(({ inEveryRun }) => inEveryRun);
  const calls = process.env['SWEEP']
    ? affected
    : callsOfEveryRun.slice(randomSeed() % callsOfEveryRun.length).slice(0, 1);
  const failedCalls: RecordedCall[] = [];
  for (const call of calls)
    if (await failCall(scenario, failure, call, fullCensus, outside)) failedCalls.push(call);
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
