/** The target groups in which a deployment registers its tasks. */
import type { DeploymentRow } from '../store.ts';

/** Returns the target groups of a deployment's tasks, one per load balancer of the service. */
export const groupsOf = ({ targetGroups, loadBalancers }: DeploymentRow): string[] =>
  targetGroups ?? loadBalancers.map(({ targetGroupArn = '' }) => targetGroupArn);
