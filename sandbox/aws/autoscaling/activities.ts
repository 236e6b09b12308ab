/** Scaling activities: what Application Auto Scaling did, or why it did nothing, in AWS's wording. */
import type * as AutoScaling from '@aws-sdk/client-application-auto-scaling';
import type { NotScaledReason } from '@aws-sdk/client-application-auto-scaling';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import type { ServiceRow } from '../ecs/store.ts';
import { wake } from '../ecs/wake.ts';
import { checkDimension, checkResource, DIMENSION, page } from './checks.ts';
import type { ScalingActivityRow } from './store.ts';

const MAX_ACTIVITIES = 500;
/** Activities can be described for six weeks. */
const KEPT_MS = 42 * 86_400_000;

/** Sets the desired count of a service, and records the activity. */
export function setDesiredCount(
  region: Region,
  service: ServiceRow,
  ResourceId: string,
  count: number,
  Cause: string,
): void {
  settleActivities(region);
  for (const earlier of activitiesOf(region, ResourceId).filter(isInProgress)) {
    earlier.StatusCode = 'Overridden';
    earlier.EndTime = region.now();
  }
  service.desiredCount = count;
  service.launchCount = 0;
  wake(region, service, 'taskCreate');
  addActivity(region, {
    ResourceId,
    Cause,
    Description: `Setting desired count to ${count}.`,
    StatusCode: 'InProgress',
    StatusMessage: `Successfully set desired count to ${count}. Waiting for change to be fulfilled by ecs.`,
    count,
  });
}

/** Records that an alarm did not cause scaling. The same cause and reason are not recorded twice in a row. */
export function recordNotScaled(
  region: Region,
  ResourceId: string,
  Cause: string,
  reason: NotScaledReason,
): void {
  const latest = activitiesOf(region, ResourceId).at(-1);
  if (latest?.Cause === Cause && latest.NotScaledReasons?.[0]?.Code === reason.Code) return;
  addActivity(region, {
    ResourceId,
    Cause,
    Description: 'Attempting to scale due to alarm triggered',
    StatusCode: 'Failed',
    NotScaledReasons: [reason],
  });
}

/** Completes each activity whose service now runs the number of tasks that the activity set. */
export function settleActivities(region: Region): void {
  for (const activity of region.autoscaling.activities.filter(isInProgress)) {
    const service = region.ecs.services.get(region.arn('ecs', activity.ResourceId));
    if (!service || runningCountOf(region, service) !== activity.count) continue;
    activity.StatusCode = 'Successful';
    activity.EndTime = region.now();
    activity.StatusMessage = `Successfully set desired count to ${activity.count}. Change successfully fulfilled by ecs.`;
  }
}

/** Returns the number of tasks of a service that are RUNNING. */
export const runningCountOf = (region: Region, { serviceArn }: ServiceRow): number =>
  region.ecs.tasks.filter((task) => task.serviceArn === serviceArn && task.lastStatus === 'RUNNING').length;

const isInProgress = ({ StatusCode }: ScalingActivityRow): boolean => StatusCode === 'InProgress';

const activitiesOf = (region: Region, id: string): ScalingActivityRow[] =>
  region.autoscaling.activities.filter(({ ResourceId }) => ResourceId === id);

type NewActivity = Omit<
  ScalingActivityRow,
  'ActivityId' | 'StartTime' | 'ServiceNamespace' | 'ScalableDimension'
>;

function addActivity(region: Region, activity: NewActivity): void {
  const { activities } = region.autoscaling;
  const ActivityId = region.uuid();
  const StartTime = region.now();
  activities.set(ActivityId, {
    ActivityId,
    ServiceNamespace: 'ecs',
    ScalableDimension: DIMENSION,
    StartTime,
    ...activity,
  });
  const since = StartTime.getTime() - KEPT_MS;
  for (const row of activities.filter((one) => one.StartTime.getTime() < since))
    activities.delete(row.ActivityId);
  activities.keepNewest(MAX_ACTIVITIES);
}

export const activityOperations = {
  /** Lists the newest activities first. @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingActivities.html */
  DescribeScalingActivities: {
    inputMembers: [
      'ServiceNamespace',
      'ResourceId',
      'ScalableDimension',
      'MaxResults',
      'NextToken',
      'IncludeNotScaledActivities',
    ],
    before: settleActivities,
    run(input, region) {
      const { ServiceNamespace, ResourceId, ScalableDimension, IncludeNotScaledActivities } = input;
      const isEcs = ServiceNamespace === 'ecs';
      if (isEcs && ScalableDimension !== undefined) checkDimension(ScalableDimension);
      if (isEcs && ResourceId !== undefined) checkResource(ResourceId);
      const found = region.autoscaling.activities
        .filter(
          (activity) =>
            isEcs &&
            (ResourceId ?? activity.ResourceId) === activity.ResourceId &&
            (IncludeNotScaledActivities === true || activity.NotScaledReasons === undefined),
        )
        .toReversed();
      const { rows, next } = page(found, input.MaxResults, input.NextToken);
      return { ScalingActivities: rows, NextToken: next };
    },
  },
} satisfies Operations<typeof AutoScaling>;
