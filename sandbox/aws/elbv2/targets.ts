/** The targets of target groups: registration, draining and removal. */
import type { TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Events, Region } from '../../world/region.ts';
import { targetGroupNotFound } from './errors.ts';
import { updateSlowStart } from './slow-start.ts';
import type { TargetGroupRow, TargetRow } from './store.ts';
import { REGISTERING, updateTargets, targetKey, targetOf, targetOfKey } from './target-health.ts';

const DRAINING: TargetHealth = {
  State: 'draining',
  Reason: 'Target.DeregistrationInProgress',
  Description: 'Target deregistration is in progress',
};

/**
 * Registers an address and port with a target group. A registered target remains unchanged, and a draining target is
 * registered again as if it were new.
 * @param availabilityZone the zone of the address, or `all`
 * @throws TargetGroupNotFound
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
 */
export function registerTarget(
  region: Region,
  targetGroupArn: string,
  ip: string,
  port: number,
  availabilityZone: string,
): void {
  const group = region.elbv2.targetGroups.get(targetGroupArn);
  if (!group) throw targetGroupNotFound(targetGroupArn);
  const existing = targetOf(group, ip, port);
  if (existing && existing.health.State !== 'draining') return;
  if (existing) remove(region, group, existing);
  group.targets.push({ id: ip, port, availabilityZone, health: REGISTERING });
  updateTargets(region, group);
}

/**
 * Deregisters a target. It drains for the group's deregistration delay, but an unused target is removed immediately. If the
 * data plane has open requests to the target, it drains until they end, for at most the delay in real time.
 * An unknown target or group is not an error.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
 */
export function deregisterTarget(region: Region, targetGroupArn: string, ip: string, port: number): void {
  const group = region.elbv2.targetGroups.get(targetGroupArn);
  const target = group && targetOf(group, ip, port);
  if (!target || target.health.State === 'draining') return;
  if (target.health.State === 'unused') return remove(region, group, target);
  target.health = DRAINING;
  const delay = Number(group.attributes['deregistration_delay.timeout_seconds']) * 1000;
  const key = targetKey(group.TargetGroupArn, ip, port);
  region.after(delay, 'elbv2:target-delay-ended', key);
  region.after(delay, 'elbv2:target-drained', key, region.plane.whenIdle ? delay : 0);
}

/**
 * Records the result of a health check by the data plane. Has no effect on a target that is draining, unused or
 * deleted.
 */
export function setTargetHealth(
  region: Region,
  targetGroupArn: string,
  ip: string,
  port: number,
  health: TargetHealth,
): void {
  const group = region.elbv2.targetGroups.get(targetGroupArn);
  const target = group && targetOf(group, ip, port);
  if (!target || target.health.State === 'draining' || target.health.State === 'unused') return;
  const { State, Reason, Description } = target.health;
  if (State === health.State && Reason === health.Reason && Description === health.Description) return;
  updateSlowStart(region, group, target, health);
  target.health = { ...health };
  // Wakes the ECS scheduler, which replaces tasks whose targets are unhealthy.
  region.after(0, 'ecs:target-health-changed', targetGroupArn);
  region.changed();
}

function remove(region: Region, group: TargetGroupRow, target: TargetRow): void {
  const key = targetKey(group.TargetGroupArn, target.id, target.port);
  for (const event of ['elbv2:target-delay-ended', 'elbv2:target-drained']) region.forget(event, key);
  group.targets = group.targets.filter((other) => other !== target);
}

export const targetEvents: Events = {
  /** Handles the end of the delay in AWS time. Requests of real programs take real time, so they may still be open. */
  'elbv2:target-delay-ended'(region, key) {
    const draining = targetOfKey(region, key)?.target;
    region.plane.whenIdle?.([key], () => {
      const found = targetOfKey(region, key);
      if (!found || found.target !== draining || found.target.health.State !== 'draining') return;
      remove(region, found.group, found.target);
      region.changed();
    });
  },
  'elbv2:target-drained'(region, key) {
    const found = targetOfKey(region, key);
    if (found?.target.health.State === 'draining') remove(region, found.group, found.target);
  },
};
