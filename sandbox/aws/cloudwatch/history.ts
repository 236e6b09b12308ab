/** The histories of alarms: configurations, states and actions. A history outlives its alarm. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type { AlarmHistoryItem } from '@aws-sdk/client-cloudwatch';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { pageOf } from '../paging.ts';
import { PAGE_RULES } from './checks.ts';

const MAX_ITEMS = 100;
const MAX_HISTORIES = 500;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
const KEPT_MS = 30 * 86_400_000;
const MAX_SUMMARY = 255;
const MAX_DATA = 4095;

type Entry = Pick<AlarmHistoryItem, 'HistoryItemType' | 'HistorySummary'>;

/** Adds an item to the history of an alarm, and drops old items. */
export function addHistory(region: Region, alarmName: string, entry: Entry, data: object): void {
  const { histories } = region.cloudwatch;
  const Timestamp = region.now();
  const since = Timestamp.getTime() - KEPT_MS;
  const kept = (histories.get(alarmName)?.items ?? []).filter((item) => timeOf(item) >= since);
  const item: AlarmHistoryItem = {
    AlarmName: alarmName,
    AlarmType: 'MetricAlarm',
    Timestamp,
    HistoryItemType: entry.HistoryItemType,
    HistorySummary: entry.HistorySummary?.slice(0, MAX_SUMMARY),
    HistoryData: JSON.stringify({ version: '1.0', ...data }).slice(0, MAX_DATA),
  };
  // A history moves to the end when it is written, so the first history is the least recently written one.
  histories.delete(alarmName);
  histories.set(alarmName, { items: [item, ...kept].slice(0, MAX_ITEMS) });
  histories.keepNewest(MAX_HISTORIES);
}

const timeOf = ({ Timestamp }: AlarmHistoryItem): number => Timestamp?.getTime() ?? 0;

export const historyOperations = {
  DescribeAlarmHistory: {
    inputMembers: [
      'AlarmName',
      'AlarmTypes',
      'HistoryItemType',
      'StartDate',
      'EndDate',
      'MaxRecords',
      'NextToken',
      'ScanBy',
    ],
    run(input, region) {
      const { AlarmTypes = [], HistoryItemType, StartDate, EndDate, ScanBy } = input;
      const { histories } = region.cloudwatch;
      const rows =
        input.AlarmName === undefined ? histories.all() : [histories.get(input.AlarmName) ?? { items: [] }];
      const found = rows
        .flatMap(({ items }) => items)
        .filter(
          (item) =>
            (AlarmTypes.length === 0 || AlarmTypes.includes('MetricAlarm')) &&
            (HistoryItemType ?? item.HistoryItemType) === item.HistoryItemType &&
            timeOf(item) >= (StartDate?.getTime() ?? -Infinity) &&
            timeOf(item) <= (EndDate?.getTime() ?? Infinity),
        )
        .sort((one, other) => timeOf(other) - timeOf(one));
      const ordered = ScanBy === 'TimestampAscending' ? found.toReversed() : found;
      const { rows: AlarmHistoryItems, next } = pageOf(
        ordered,
        input.MaxRecords,
        input.NextToken,
        PAGE_RULES,
      );
      return { AlarmHistoryItems, NextToken: next };
    },
  },
} satisfies Operations<typeof CloudWatch>;
