/** Restores the targets of a service that someone has deregistered. */
import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { lookServiceHealth, type UnregisteredTarget } from '../../lib/look/service-health.ts';
import type { ServiceContext } from './calls.ts';

/**
 * Registers every running task of a service that is missing from its target group. The tasks are looked up again first: if one
 * has stopped in the meantime, its target would remain in the group. Registering is better than replacing the task, because it interrupts
 * nothing; ECS deregisters the target when it stops the task.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
 */
export async function registerMissingTargets(context: ServiceContext): Promise<void> {
  const { aws, change, existing, found } = context;
  if (!existing) return;
  const health = await lookServiceHealth(context, new Map([[change.key, existing]]), found.targetGroups);
  for (const [TargetGroupArn, targets] of byGroup(health.get(change.key)?.unregistered ?? [])) {
    const Targets = targets.map(({ address, port }) => ({ Id: address, Port: port }));
    await aws.elbv2(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
    for (const { container, address, port } of targets)
      context.note(`registered ${address}:${port} of ${container}`);
  }
}

function byGroup(targets: readonly UnregisteredTarget[]): Map<string, UnregisteredTarget[]> {
  const groups = new Map<string, UnregisteredTarget[]>();
  for (const target of targets) {
    const { targetGroupArn } = target;
    if (targetGroupArn !== undefined)
      groups.set(targetGroupArn, [...(groups.get(targetGroupArn) ?? []), target]);
  }
  return groups;
}
