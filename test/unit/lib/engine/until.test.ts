// Waiting with a probe: when the probe is called, what ends the wait, and what is reported.
import { describe, expect, test } from '@jest/globals';
import { failed, pending, ready, until, type ProbeResult } from '../../../../lib/engine/until.ts';
import { testClock } from '../../clock.ts';

const TIMING = { first: 5000, every: 1000, deadline: 20_000 };

/** A wait whose probe returns these results in sequence; the last one is repeated. */
function makeScenario(...results: (ProbeResult<string> | Error)[]) {
  const clock = testClock();
  const start = clock.now();
  const abort = new AbortController();
  const probeTimes: number[] = [];
  const notes: [string, number][] = [];
  const probe = async () => {
    probeTimes.push(clock.now() - start);
    const [result] = results.length > 1 ? results.splice(0, 1) : results;
    if (result instanceof Error) throw result;
    return result as ProbeResult<string>;
  };
  const run = (timing = TIMING) =>
    until('the kettle to boil', timing, probe, {
      clock,
      signal: abort.signal,
      onPending: (note, elapsed) => void notes.push([note, elapsed]),
    });
  return { abort, probeTimes, notes, run };
}

describe('a wait', () => {
  test('probes for the first time after the shortest known duration, and then periodically', async () => {
    const scenario = makeScenario(pending('cold'), pending('warm'), ready('tea'));
    await expect(scenario.run()).resolves.toBe('tea');
    expect(scenario.probeTimes).toEqual([5000, 6000, 7000]);
    expect(scenario.notes).toEqual([
      ['cold', 5000],
      ['warm', 6000],
    ]);
  });

  test('probes immediately if there is no first pause', async () => {
    const scenario = makeScenario(ready('tea'));
    await scenario.run({ ...TIMING, first: 0 });
    expect(scenario.probeTimes).toEqual([0]);
  });

  test('ends immediately, with the reason, when the probe reports a failure', async () => {
    const scenario = makeScenario(pending('cold'), failed('the kettle is broken'), ready('tea'));
    await expect(scenario.run()).rejects.toMatchObject({
      code: 'FAILED_STATE',
      what: 'The wait for the kettle to boil failed.',
      why: 'the kettle is broken',
    });
    expect(scenario.probeTimes).toHaveLength(2);
  });

  test('ends with the cause that the probe reports', async () => {
    const cause = new Error('no water');
    await expect(makeScenario(failed('dry', cause)).run()).rejects.toBe(cause);
  });

  test('ends when time is up, and the problem names the last note', async () => {
    const scenario = makeScenario(pending('cold'));
    await expect(scenario.run()).rejects.toMatchObject({
      code: 'TIMEOUT',
      what: 'Gave up waiting for the kettle to boil after 20 s.',
      why: 'The last check reported: cold.',
    });
    expect(scenario.probeTimes.at(-1)).toBe(20_000);
  });

  test('ends with any error that the probe throws, since the clients have already retried transient ones', async () => {
    const error = new Error('denied');
    const scenario = makeScenario(pending('cold'), error, ready('tea'));
    await expect(scenario.run()).rejects.toBe(error);
    expect(scenario.probeTimes).toHaveLength(2);
  });

  test('does not start once it is aborted', async () => {
    const scenario = makeScenario(ready('tea'));
    scenario.abort.abort(new Error('stop'));
    await expect(scenario.run({ ...TIMING, first: 0 })).rejects.toThrow('stop');
    await expect(scenario.run()).rejects.toThrow('stop');
    expect(scenario.probeTimes).toEqual([]);
  });

  test('ends during a pause when it is aborted', async () => {
    const scenario = makeScenario(pending('cold'));
    const running = scenario.run();
    scenario.abort.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
  });
});
