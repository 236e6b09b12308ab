/** The progress of a deployment that shifts traffic, as the world stores it. */
import type { Stage } from './stages.ts';

/** The target groups and rules between which a deployment shifts the traffic of one container. */
export interface RouteRow {
  /** The group of the revision that is being replaced. On a first deployment it is empty. */
  readonly blue: string;
  /** The group of the new revision. */
  readonly green: string;
  readonly productionRule: string;
  readonly testRule?: string | undefined;
  /** The infrastructure role, with which ECS changes the rules. */
  readonly roleArn: string;
}

export interface ProgressRow {
  stage: Stage;
  /** The index of the current traffic step. */
  step: number;
  /** When the deployment entered its current stage, in milliseconds since 1970. */
  enteredAt: number;
  /** When the work of the stage was done, so that only its hooks and its bake time remain; in milliseconds since 1970. */
  doneAt?: number | undefined;
  /** The ids of the current stage's hooks. Undefined before they have been called. */
  hookIds?: string[] | undefined;
  /** The id of the deployment whose tasks serve before traffic is shifted. */
  readonly sourceId?: string | undefined;
  /** Empty if the service has no load balancer. */
  readonly routes: readonly RouteRow[];
  /** The shares of the traffic that the new revision gets, in percent. */
  productionPercent: number;
  testPercent: number;
}
