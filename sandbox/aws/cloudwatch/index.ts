/** The sandbox's CloudWatch: metric alarms and metrics, with all operations and events. */
import { alarmOperations } from './alarms.ts';
import { historyOperations } from './history.ts';
import { minuteEvents } from './minute-events.ts';
import { metricDataOperations } from './metric-data.ts';
import { metricReadOperations } from './metric-reads.ts';
import { stateOperations } from './state-operations.ts';
import { tagOperations } from './tags.ts';

export const cloudwatchOperations = {
  ...alarmOperations,
  ...stateOperations,
  ...historyOperations,
  ...tagOperations,
  ...metricDataOperations,
  ...metricReadOperations,
};
export const cloudwatchEvents = minuteEvents;
