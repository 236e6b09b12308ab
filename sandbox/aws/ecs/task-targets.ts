/** Tasks as targets of load balancers: registered once their containers run, and drained before the tasks stop. */
import type { Region } from '../../world/region.ts';
import { targetKey } from '../elbv2/target-health.ts';
import { deregisterTarget, registerTarget } from '../elbv2/targets.ts';
import {
  targetDeregistered,
  DRAINING,
  targetNotRegistered,
  targetRegistered,
  addEvent,
} from './service-events.ts';
import type { TaskRow } from './store.ts';
import { denialOfRegistration } from './strategies/infrastructure-role.ts';

/** Returns the keys of a task's targets in the agenda. */
export const targetKeysOf = ({ targets, privateIp = '' }: TaskRow): string[] =>
  targets.map(({ targetGroupArn, port }) => targetKey(targetGroupArn, privateIp, port));

/** Registers a task with its target groups. If a group no longer exists, the task runs without it, and an event reports this. */
export function registerTargets(region: Region, task: TaskRow): void {
  const service = region.ecs.services.get(task.serviceArn);
  for (const { targetGroupArn, port } of task.targets) {
    let event = targetRegistered(targetGroupArn);
    try {
      const denial = denialOfRegistration(region, service, targetGroupArn);
      if (denial !== undefined) throw new Error(denial);
      registerTarget(region, targetGroupArn, task.privateIp ?? '', port, task.availabilityZone ?? '');
    } catch (error) {
      event = targetNotRegistered(targetGroupArn, error instanceof Error ? error.message : String(error));
    }
    if (service) addEvent(region, service, event);
  }
}

/**
 * Deregisters a task from all its target groups.
 * @returns the time for which the task drains, in milliseconds of AWS time: the longest deregistration delay of its groups
 */
export function deregisterTargets(region: Region, task: TaskRow): number {
  const service = region.ecs.services.get(task.serviceArn);
  let longest = 0;
  for (const { targetGroupArn, port } of task.targets) {
    const group = region.elbv2.targetGroups.get(targetGroupArn);
    const target = group?.targets.find(
      ({ id, port: targetPort }) => id === task.privateIp && targetPort === port,
    );
    if (!group || !target || target.health.State === 'draining') continue;
    const isUsed = target.health.State !== 'unused';
    deregisterTarget(region, targetGroupArn, target.id, port);
    const seconds = Number(group.attributes['deregistration_delay.timeout_seconds'] ?? 300);
    if (isUsed) longest = Math.max(longest, seconds * 1000);
    if (service) addEvent(region, service, targetDeregistered(targetGroupArn));
  }
  const deployment = service?.deployments.find(({ id }) => id === task.deploymentId);
  if (service && longest > 0) addEvent(region, service, DRAINING, deployment);
  return longest;
}
