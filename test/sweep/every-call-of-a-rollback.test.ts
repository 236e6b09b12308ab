// Fails each call of a rollback in turn, in every way: the next rollback completes it, and so does the next provision.
import { expect, test } from '@jest/globals';
import { randomSeed, testSample } from '../sample.ts';
import { callFailures, clearFailures, type CallFailure } from './call-failures.ts';
import {
  affectedCalls,
  callsOf,
  expectForeseenError,
  failEveryCall,
  failureCases,
  withFailureAt,
} from './every-call.ts';
import { release, scenarios, type Scenario } from './scenarios.ts';

testSample(failureCases, (_title, failure) => failEveryCall('a rollback', failure), 1_800_000);

const KILLS = ['done, and the process killed', 'not done, and the process killed'] as const;

test.each(KILLS)(
  'a provision after a rollback that was killed at any change deploys the configuration: %s',
  async (name) => {
    const scenario: Scenario = scenarios['a rollback'];
    const failure: CallFailure = { ...callFailures[name], mutatingOnly: true };
    const all = affectedCalls(await callsOf(scenario), failure);
    const calls = process.env['SWEEP'] ? all : all.slice(randomSeed() % all.length).slice(0, 1);
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls)
      await withFailureAt(scenario, call, failure, async (user, failedCalls) => {
        await scenario.run(user).catch(expectForeseenError);
        expect(failedCalls).toHaveLength(1);
        clearFailures(user);
        await user.provision(release('2'), { wait: true });
        expect(await user.plan(release('2'))).toEqual([]);
        await user.teardown(release('2'));
        expect(user.census()).toEqual({});
      });
  },
  600_000,
);
