/** Runs the actions of alarms. Scaling policies change their services; the sandbox supports no other kind of action. */
import type { Region } from '../../world/region.ts';
import { isScalingPolicy, triggerPolicy } from '../autoscaling/trigger.ts';
import { addHistory } from './history.ts';
import { timestampText } from './state-reason.ts';
import type { AlarmRow } from './store.ts';

/** The circumstances in which actions run. */
interface Trigger {
  /** The newest value of the alarm's statistic, if any. */
  readonly value?: number | undefined;
  /** Whether the alarm was already in this state. If so, only scaling policies run. */
  readonly isRepeat?: boolean;
}

const ACTIONS = {
  OK: 'OKActions',
  ALARM: 'AlarmActions',
  INSUFFICIENT_DATA: 'InsufficientDataActions',
} as const;

/**
 * Runs the actions for the current state of an alarm, unless they are disabled.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
 */
export function runActions(region: Region, alarm: AlarmRow, { value, isRepeat = false }: Trigger): void {
  if (!alarm.ActionsEnabled) return;
  for (const action of alarm[ACTIONS[alarm.StateValue]] ?? []) {
    if (isRepeat && !isScalingPolicy(action)) continue;
    const error = isScalingPolicy(action)
      ? triggerPolicy(region, action, alarm, value)
      : 'The resource does not exist';
    if (!isRepeat) recordAction(region, alarm, action, error);
  }
}

function recordAction(region: Region, alarm: AlarmRow, action: string, error: string | undefined): void {
  const outcome = error === undefined ? 'Successfully executed' : 'Failed to execute';
  addHistory(
    region,
    alarm.AlarmName,
    { HistoryItemType: 'Action', HistorySummary: `${outcome} action ${action}` },
    {
      actionState: error === undefined ? 'Succeeded' : 'Failed',
      stateUpdateTimestamp: timestampText(alarm.StateUpdatedTimestamp ?? region.now()),
      notificationResource: action,
      ...(error !== undefined && { error }),
    },
  );
}
