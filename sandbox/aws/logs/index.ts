/** The sandbox's CloudWatch Logs: all its operations. */
import { eventOperations } from './events.ts';
import { filterOperations } from './filter.ts';
import { groupOperations } from './groups.ts';
import { streamOperations } from './streams.ts';
import { tagOperations } from './tags.ts';

export const logsOperations = {
  ...groupOperations,
  ...tagOperations,
  ...streamOperations,
  ...eventOperations,
  ...filterOperations,
};
