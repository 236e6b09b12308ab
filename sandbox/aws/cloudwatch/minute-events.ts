/** The end of a minute: measures the services of a region, and evaluates its alarms. */
import type { Events } from '../../world/region.ts';
import { settleActivities } from '../autoscaling/activities.ts';
import { evaluateAll } from './evaluation.ts';
import { MINUTE_EVENT, MINUTE_MS, scheduleMinute } from './minute.ts';
import { bucketOf, startOf } from './periods.ts';
import { publishUsage } from './service-metrics.ts';

/** Usage counted over more minutes than this is not published, because it would not show the load of the last minute. */
const MAX_MINUTES = 2;

export const minuteEvents: Events = {
  [MINUTE_EVENT](region) {
    scheduleMinute(region);
    settleActivities(region);
    const { plane } = region;
    if (!plane.measureUsage) return evaluateAll(region);
    const minute = region.scaled(MINUTE_MS);
    const startedAt = startOf(bucketOf(region.now().getTime(), minute) - 1, minute);
    plane.measureUsage(region, MAX_MINUTES * minute, (usage) => {
      publishUsage(region, usage, startedAt);
      evaluateAll(region);
      region.changed();
    });
  },
};
