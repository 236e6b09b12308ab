/** The lifecycle stages of a deployment that shifts traffic, in their order. */
import type { DeploymentLifecycleHookStage, ServiceDeploymentLifecycleStage } from '@aws-sdk/client-ecs';

/** The stages that a service deployment shows, and the additional stage that only hooks see. */
export type Stage = ServiceDeploymentLifecycleStage | 'PRE_PRODUCTION_TRAFFIC_SHIFT';

/** The position of a deployment in its lifecycle. */
export interface Position {
  readonly stage: Stage;
  /** The index of the traffic step that PRODUCTION_TRAFFIC_SHIFT and the stage before it carry out. */
  readonly step: number;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html */
export const STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const satisfies readonly Stage[];

/** The stages during which a deployment can pause. The two shifts run again during a rollback, so they cannot. */
export const PAUSABLE: readonly DeploymentLifecycleHookStage[] = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];

/** Whether a deployment has reached a stage. */
export const hasReached = ({ stage }: Pick<Position, 'stage'>, other: Stage): boolean =>
  STAGES.indexOf(stage) >= STAGES.indexOf(other);

/**
 * Returns the first position of a deployment.
 * @param mustReconcile whether revisions other than the one that the deployment replaces are ACTIVE
 */
export const firstPosition = (mustReconcile: boolean): Position => ({
  stage: mustReconcile ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP',
  step: 0,
});

/**
 * Returns the position after the given one. The two stages of the production shift are repeated for every step. CLEAN_UP is
 * the last stage: the deployment completes in it.
 * @param stepCount the number of traffic steps
 */
export function nextPosition({ stage, step }: Position, stepCount: number): Position {
  if (stage === 'PRODUCTION_TRAFFIC_SHIFT' && step + 1 < stepCount)
    return { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', step: step + 1 };
  return { stage: STAGES[STAGES.indexOf(stage) + 1] ?? 'CLEAN_UP', step };
}

/** Returns the stage that DescribeServiceDeployments shows; it never shows the stage before a production shift (U). */
export const shownStage = (stage: Stage): ServiceDeploymentLifecycleStage =>
  stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' ? 'PRODUCTION_TRAFFIC_SHIFT' : stage;
