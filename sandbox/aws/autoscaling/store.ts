/** The tables of Application Auto Scaling in one region. */
import type {
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { BOOKKEEPING, CONSISTENT_RESOURCE, Table } from '../../world/table.ts';

export interface ScalableTargetRow extends ScalableTarget {
  ResourceId: string;
  MinCapacity: number;
  MaxCapacity: number;
  /** Undefined in a world that an earlier version of the sandbox saved. */
  tags?: Record<string, string>;
  /** The last scale-out by a policy: its time in milliseconds since 1970, and the capacity before it. */
  lastScaleOut?: { at: number; from: number };
  /** The time of the last scale-in by a policy, in milliseconds since 1970. */
  lastScaleInAt?: number;
}

export interface ScalingPolicyRow extends ScalingPolicy {
  PolicyARN: string;
  PolicyName: string;
  PolicyType: NonNullable<ScalingPolicy['PolicyType']>;
  ResourceId: string;
}

export interface ScalingActivityRow extends ScalingActivity {
  ActivityId: string;
  ResourceId: string;
  StartTime: Date;
  /** The desired count that the activity has set; undefined if it has set none. */
  count?: number;
}

export const autoscalingStore = () => ({
  /** Keyed by resource id, `service/<cluster>/<service>`, which is unique because an ECS service has only one dimension. */
  targets: new Table<ScalableTargetRow>(CONSISTENT_RESOURCE),
  /** Keyed by resource id and name, separated by a space. */
  policies: new Table<ScalingPolicyRow>(CONSISTENT_RESOURCE),
  /** Keyed by id, the oldest first. */
  activities: new Table<ScalingActivityRow>(BOOKKEEPING),
});
export type AutoscalingStore = ReturnType<typeof autoscalingStore>;
