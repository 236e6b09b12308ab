/** Finds our ECS services by name in our cluster; inactive ones count as absent. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundService extends Readonly<Ids['services']> {
  readonly serviceName: string;
  /** `ACTIVE` or `DRAINING`. */
  readonly status: string;
  readonly taskDefinitionArn: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
  /** `<container>:<port> → <target group ARN>`, sorted. */
  readonly loadBalancers: readonly string[];
  readonly graceSeconds: number;
  /** Deployment settings in one line of text. */
  readonly deployment: string;
  /** The rollout of the primary deployment: `IN_PROGRESS`, `COMPLETED` or `FAILED`. */
  readonly rollout: string;
  readonly tags: Tags;
}

export async function lookServices(_see: See): Promise<Items<FoundService>> {
  throw new Error('lookServices is not written yet');
}
