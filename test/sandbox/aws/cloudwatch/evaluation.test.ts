// Alarms follow the data of their metrics, and treat missing data as AWS documents it.
import { describe, expect, test } from '@jest/globals';
import { DeleteAlarmsCommand, type PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { scene } from './scene.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1, 12);

/** A sandbox whose clock the test advances by whole minutes. */
async function clockScene() {
  const clock = manualClock(START);
  const started = await scene({ clock, pace: 1 });
  return {
    ...started,
    /** Puts one value, or none, in the middle of each of the next minutes. */
    pass: async (...values: (number | undefined)[]) => {
      for (const Value of values) {
        clock.advance(MINUTE / 2);
        if (Value !== undefined) await started.putData({ Value });
        clock.advance(MINUTE / 2);
      }
    },
    clock,
  };
}

describe('after five minutes, the state is the one that AWS documents for each treatment of missing data', () => {
  // `X` is above the threshold, `0` is below it, and `-` is missing.
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
  const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
  /** The state of a new alarm, which `ignore` keeps. */
  const KEPT = 'INSUFFICIENT_DATA';
  test.each<[number, number, string, string[]]>([
    [3, 3, '0-X-X', ['OK', 'OK', 'OK', 'OK']],
    [3, 3, '----0', ['OK', 'OK', 'OK', 'OK']],
    [3, 3, '-----', ['INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK']],
    [3, 3, '0XX-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [3, 3, '--X--', ['ALARM', KEPT, 'ALARM', 'OK']],
    [3, 2, '0-X-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [3, 2, '00X0X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [3, 2, '0-X--', ['OK', 'OK', 'ALARM', 'OK']],
    [3, 2, '----0', ['OK', 'OK', 'ALARM', 'OK']],
    [3, 2, '---X-', ['ALARM', KEPT, 'ALARM', 'OK']],
  ])('%s periods, %s datapoints: %s', async (EvaluationPeriods, DatapointsToAlarm, pattern, expected) => {
    const { putAlarm, pass, stateOf } = await clockScene();
    await pass(...[...pattern].map((sign) => (sign === '-' ? undefined : sign === 'X' ? 9 : 1)));
    for (const TreatMissingData of treatments)
      await putAlarm(TreatMissingData, { EvaluationPeriods, DatapointsToAlarm, TreatMissingData });
    expect(await Promise.all(treatments.map((name) => stateOf(name)))).toEqual(expected);
  });
});

describe.each<[NonNullable<PutMetricAlarmCommandInput['ComparisonOperator']>, string[]]>([
  ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
  ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
  ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
  ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
])('%s', (ComparisonOperator, expected) => {
  test('compares values below, at and above the threshold', async () => {
    const { putAlarm, pass, stateOf } = await clockScene();
    await putAlarm('busy', { ComparisonOperator });
    const states: (string | undefined)[] = [];
    for (const value of [4, 5, 6]) {
      await pass(value);
      states.push(await stateOf('busy'));
    }
    expect(states).toEqual(expected);
  });
});

test('the clock evaluates alarms every minute, and the reasons have the wording of CloudWatch', async () => {
  const { putAlarm, pass, alarms } = await clockScene();
  await putAlarm('busy', { EvaluationPeriods: 2 });
  const reason = async () => (await alarms())[0]?.StateReason;
  await pass(7, 8.5);
  expect(await reason()).toBe(
    'Threshold Crossed: 2 datapoints [8.5 (01/01/26 12:01:00), 7.0 (01/01/26 12:00:00)] were greater than the threshold (5.0).',
  );
  await pass(1);
  expect(await reason()).toBe(
    'Threshold Crossed: 2 datapoints [1.0 (01/01/26 12:02:00), 8.5 (01/01/26 12:01:00)] were not greater than the threshold (5.0).',
  );
  const [{ StateReasonData = '{}' } = {}] = await alarms();
  expect(JSON.parse(StateReasonData)).toMatchObject({
    version: '1.0',
    statistic: 'Sum',
    period: 60,
    recentDatapoints: [8.5, 1],
    threshold: 5,
    startDate: '2026-01-01T12:01:00.000+0000',
  });
  await pass(undefined, undefined, undefined, undefined, undefined);
  expect(await reason()).toBe('Insufficient Data: 2 datapoints were unknown.');
});

test('periods and evaluations follow the pace', async () => {
  const clock = manualClock(START);
  const { putAlarm, putData, stateOf } = await scene({ clock, pace: 60 });
  await putAlarm('busy', { EvaluationPeriods: 2 });
  for (let second = 0; second < 2; second += 1) {
    clock.advance(500);
    await putData({ Value: 9 });
    clock.advance(500);
  }
  expect(await stateOf('busy')).toBe('ALARM');
});

test('at the instant pace, new data changes the state at once', async () => {
  const { putAlarm, putData, stateOf } = await scene();
  await putAlarm('busy');
  expect(await stateOf('busy')).toBe('INSUFFICIENT_DATA');
  await putData({ Value: 9 });
  expect(await stateOf('busy')).toBe('ALARM');
});

test('nothing is scheduled while a region has no alarm', async () => {
  const { world, putAlarm, cloudwatch, clock } = await clockScene();
  expect(world.agenda.entries()).toEqual([]);
  await putAlarm('busy');
  clock.advance(10 * MINUTE);
  expect(world.agenda.entries()).toHaveLength(1);
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['busy'] }));
  expect(world.agenda.entries()).toEqual([]);
});
