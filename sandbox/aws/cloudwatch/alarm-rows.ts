/** Puts alarms into the world and deletes them, for clients and for Application Auto Scaling. */
import type { Region } from '../../world/region.ts';
import { addHistory } from './history.ts';
import { scheduleMinute } from './minute.ts';
import type { AlarmRow } from './store.ts';

/** The settings of an alarm, without its state. */
export type NewAlarm = Omit<
  AlarmRow,
  | 'AlarmArn'
  | 'AlarmConfigurationUpdatedTimestamp'
  | 'StateValue'
  | 'StateReason'
  | 'StateReasonData'
  | 'StateUpdatedTimestamp'
  | 'StateTransitionedTimestamp'
  | 'tags'
>;

/**
 * Creates an alarm, or replaces all settings of an existing one. The existing alarm keeps its state and its tags.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function putAlarm(region: Region, settings: NewAlarm, tags: AlarmRow['tags'] = []): AlarmRow {
  const { AlarmName } = settings;
  const existing = region.cloudwatch.alarms.get(AlarmName);
  const now = region.now();
  const alarm = region.cloudwatch.alarms.set(AlarmName, {
    ...settings,
    AlarmArn: region.arn('cloudwatch', `alarm:${AlarmName}`),
    AlarmConfigurationUpdatedTimestamp: now,
    StateValue: existing?.StateValue ?? 'INSUFFICIENT_DATA',
    StateReason: existing?.StateReason ?? 'Unchecked: Initial alarm creation',
    StateReasonData: existing?.StateReasonData,
    StateUpdatedTimestamp: existing?.StateUpdatedTimestamp ?? now,
    StateTransitionedTimestamp: existing?.StateTransitionedTimestamp ?? now,
    tags: existing?.tags ?? tags,
  });
  const data = existing
    ? { type: 'Update', updatedAlarm: settings }
    : { type: 'Create', createdAlarm: settings };
  addHistory(region, AlarmName, configurationUpdate(AlarmName, existing ? 'updated' : 'created'), data);
  scheduleMinute(region);
  return alarm;
}

/** Deletes an alarm. An unknown name is not an error. */
export function deleteAlarm(region: Region, name: string): void {
  if (!region.cloudwatch.alarms.delete(name)) return;
  addHistory(region, name, configurationUpdate(name, 'deleted'), { type: 'Delete' });
  scheduleMinute(region);
}

const configurationUpdate = (name: string, verb: string) =>
  ({ HistoryItemType: 'ConfigurationUpdate', HistorySummary: `Alarm "${name}" ${verb}` }) as const;
