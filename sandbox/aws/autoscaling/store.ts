/** The tables of Application Auto Scaling in one region. */
import type { ScalableTarget } from '@aws-sdk/client-application-auto-scaling';
import { CONSISTENT_RESOURCE, Table } from '../../world/table.ts';

export interface ScalableTargetRow extends ScalableTarget {
  ResourceId: string;
  MinCapacity: number;
  MaxCapacity: number;
}

export const autoscalingStore = () => ({
  /** By resource id, `service/<cluster>/<service>`, which is unique because an ECS service has only one dimension. */
  targets: new Table<ScalableTargetRow>(CONSISTENT_RESOURCE),
});
export type AutoscalingStore = ReturnType<typeof autoscalingStore>;
