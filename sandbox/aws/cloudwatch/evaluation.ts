/** Evaluates alarms against the data of their metrics. */
import type { Region } from '../../world/region.ts';
import { runActions } from './actions.ts';
import { changeState } from './alarm-state.ts';
import { aggregate, STATISTICS } from './metrics.ts';
import { bucketOf, periodMs, startOf } from './periods.ts';
import { reasonDataOf, reasonOf } from './state-reason.ts';
import type { AlarmRow } from './store.ts';
import { decideState, EXTRA_PERIODS, type AlarmDatapoint } from './verdict.ts';

/** Evaluates the given alarms; by default all alarms, in the order of their creation. */
export function evaluateAll(
  region: Region,
  alarms: readonly AlarmRow[] = region.cloudwatch.alarms.all(),
): void {
  for (const alarm of alarms) evaluate(region, alarm);
}

/** Evaluates all alarms if the pace is `instant`. At any other pace, the clock triggers an evaluation every minute. */
export function evaluateAtInstantPace(region: Region): void {
  if (region.scaled(1) === 0) evaluateAll(region);
}

/**
 * Evaluates an alarm. A state that changes runs its actions. While an alarm stays in ALARM, its scaling actions run again at
 * every evaluation.
 */
function evaluate(region: Region, alarm: AlarmRow): void {
  const points = recentDatapoints(region, alarm);
  const verdict = decideState(alarm, points);
  if (verdict === undefined) return;
  const value = verdict.datapoints[0]?.value;
  if (verdict.state !== alarm.StateValue) {
    const data = reasonDataOf(alarm, verdict.datapoints, region.now());
    changeState(region, alarm, verdict.state, reasonOf(alarm, verdict), JSON.stringify(data));
    runActions(region, alarm, { value });
  } else if (verdict.state === 'ALARM') runActions(region, alarm, { value, isRepeat: true });
}

/** Returns the datapoints of the evaluation range, the newest period first; undefined for a period without data. */
function recentDatapoints(region: Region, alarm: AlarmRow): (AlarmDatapoint | undefined)[] {
  const length = periodMs(region, alarm.Period);
  const current = bucketOf(region.now().getTime(), length);
  // At the pace `instant`, the current period may never end.
  const newest = region.scaled(1) === 0 ? current : current - 1;
  const rows = aggregate(region, alarm, length, alarm.Unit);
  return Array.from({ length: alarm.EvaluationPeriods + EXTRA_PERIODS }, (_, age) => {
    const row = rows.get(newest - age);
    return (
      row && {
        at: startOf(newest - age, length),
        value: STATISTICS[alarm.Statistic](row),
        sampleCount: row.count,
      }
    );
  });
}
