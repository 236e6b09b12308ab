/** Changes the state of an alarm, and records the change. */
import type { Region } from '../../world/region.ts';
import { addHistory } from './history.ts';
import type { AlarmRow } from './store.ts';

/**
 * Changes the state of an alarm.
 * @param reason the reason of the new state, worded for people
 * @param reasonData the same reason as JSON, for programs
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
 */
export function changeState(
  region: Region,
  alarm: AlarmRow,
  state: AlarmRow['StateValue'],
  reason: string,
  reasonData: string | undefined,
): void {
  const old = stateOf(alarm);
  const now = region.now();
  if (alarm.StateValue !== state) alarm.StateTransitionedTimestamp = now;
  alarm.StateValue = state;
  alarm.StateReason = reason;
  alarm.StateReasonData = reasonData;
  alarm.StateUpdatedTimestamp = now;
  const summary = `Alarm updated from ${old.stateValue} to ${state}`;
  addHistory(
    region,
    alarm.AlarmName,
    { HistoryItemType: 'StateUpdate', HistorySummary: summary },
    { oldState: old, newState: stateOf(alarm) },
  );
}

const stateOf = ({ StateValue, StateReason, StateReasonData }: AlarmRow) => ({
  stateValue: StateValue,
  stateReason: StateReason,
  ...(StateReasonData !== undefined && { stateReasonData: JSON.parse(StateReasonData) as unknown }),
});
