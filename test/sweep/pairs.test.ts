// Fails two random calls in one scenario: the next run completes the scenario, just as after a single failure.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomSeed } from '../sample.ts';
import {
  injectionAt,
  callFailures,
  clearFailures,
  injectFailures,
  type CallFailure,
  type CallFailureName,
} from './call-failures.ts';
import {
  beginScenario,
  callsOf,
  censusOutside,
  expectForeseenError,
  expectRecovery,
  affectedCalls,
  expectedCensus,
} from './every-call.ts';
import { reportLine } from './report.ts';
import { scenarios, type Scenario, type ScenarioName } from './scenarios.ts';

/** A way of failing, and a number that selects one of the calls to which it applies. */
const arbitraryChoice = fc.record({
  failure: fc.constantFrom(...(Object.keys(callFailures) as CallFailureName[])),
  callNumber: fc.nat(),
});
const arbitraryPair = fc.record({
  scenario: fc.constantFrom(...(Object.keys(scenarios) as ScenarioName[])),
  first: arbitraryChoice,
  second: arbitraryChoice,
});

interface FailureChoice {
  readonly failure: CallFailureName;
  readonly callNumber: number;
}

/** Returns the injections of two failures. The second failure is at a later call than the first. */
async function twoInjections(
  scenario: Scenario,
  { first, second }: Record<'first' | 'second', FailureChoice>,
) {
  const allCalls = await callsOf(scenario);
  const pick = (calls: typeof allCalls, { failure: name, callNumber }: FailureChoice) => {
    const failure: CallFailure = callFailures[name];
    const affected = affectedCalls(calls, failure);
    return { failure, call: affected[callNumber % affected.length] };
  };
  const firstChoice = pick(allCalls, first);
  const secondChoice = pick(
    firstChoice.call ? allCalls.slice(allCalls.indexOf(firstChoice.call) + 1) : [],
    second,
  );
  return [
    ...(firstChoice.call ? [injectionAt(firstChoice.call, firstChoice.failure)] : []),
    ...(secondChoice.call ? [injectionAt({ ...secondChoice.call, nth: 1 }, secondChoice.failure)] : []),
  ];
}

test('the next run completes a scenario in which two calls have failed', async () => {
  const isSweep = process.env['SWEEP'] !== undefined;
  const numRuns = isSweep ? 580 : 4;
  const seed = randomSeed();
  const start = performance.now();
  let doubleFailureCount = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryPair, async ({ scenario: name, ...choices }) => {
      const scenario: Scenario = scenarios[name];
      const fullCensus = await expectedCensus(scenario);
      const injections = await twoInjections(scenario, choices);
      const user = await beginScenario(scenario);
      try {
        const failedCalls = injectFailures(user, ...injections);
        await scenario.run(user).catch(expectForeseenError);
        // If the second failure has not happened yet, it happens in the next run.
        await scenario.run(user).catch(expectForeseenError);
        clearFailures(user);
        if (failedCalls.length === 2) doubleFailureCount += 1;
        await expectRecovery(user, scenario, fullCensus, await censusOutside(scenario));
      } finally {
        await user.close();
      }
    }),
    { numRuns, seed },
  );
  // Some pairs cause only one failure, since a run may not make the second call after the first failure.
  if (isSweep) expect(doubleFailureCount).toBeGreaterThanOrEqual(500);
  reportLine({
    sweep: 'pairs',
    what: 'double faults',
    count: doubleFailureCount,
    seed,
    ms: performance.now() - start,
  });
}, 3_600_000);
