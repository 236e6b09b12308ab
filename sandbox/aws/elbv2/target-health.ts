/** The health of targets: its changes when a group starts or stops being in use, and simulated health checks. */
import type { TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import { someInterfaceReaches } from '../../network/reachability.ts';
import type { Events, Region } from '../../world/region.ts';
import { updateSlowStart } from './slow-start.ts';
import type { LoadBalancerRow, TargetGroupRow, TargetRow } from './store.ts';
import { loadBalancerOf } from './usage.ts';

/** The state of a target before its first health check. Section 3.3 of docs/aws-semantics.md lists all states. */
export const REGISTERING: TargetHealth = {
  State: 'initial',
  Reason: 'Elb.RegistrationInProgress',
  Description: 'Target registration is in progress',
};
const GROUP_NOT_IN_USE: TargetHealth = {
  State: 'unused',
  Reason: 'Target.NotInUse',
  Description: 'Target group is not configured to receive traffic from the load balancer',
};
const ZONE_NOT_IN_USE: TargetHealth = {
  State: 'unused',
  Reason: 'Target.NotInUse',
  Description: 'Target is in an Availability Zone that is not enabled for the load balancer',
};
const HEALTHY: TargetHealth = { State: 'healthy' };
const TIMED_OUT: TargetHealth = {
  State: 'unhealthy',
  Reason: 'Target.Timeout',
  Description: 'Request timed out',
};

/** Updates the targets of every group after a change to listeners, rules or load balancers. */
export function updateAllTargets(region: Region): void {
  for (const group of region.elbv2.targetGroups.all()) updateTargets(region, group);
}

/** Updates the targets of a group. Health checks run while a rule of an active load balancer names the group. */
export function updateTargets(region: Region, group: TargetGroupRow): void {
  const balancer = loadBalancerOf(region, group.TargetGroupArn);
  for (const target of group.targets) {
    if (target.health.State === 'draining') continue;
    const unusedHealth = unusedHealthOf(balancer, target);
    if (unusedHealth) target.health = unusedHealth;
    else if (target.health.State === 'unused') target.health = REGISTERING;
    const isWaiting = target.health.State === 'initial' && balancer?.State?.Code === 'active';
    if (isWaiting) scheduleCheck(region, group, target);
  }
}

function unusedHealthOf(
  balancer: LoadBalancerRow | undefined,
  { availabilityZone }: TargetRow,
): TargetHealth | undefined {
  if (!balancer) return GROUP_NOT_IN_USE;
  const zones = (balancer.AvailabilityZones ?? []).map(({ ZoneName }) => ZoneName);
  return availabilityZone === 'all' || zones.includes(availabilityZone) ? undefined : ZONE_NOT_IN_USE;
}

/**
 * Schedules a simulated check, unless a data plane checks the targets. The simulated check tests only security groups and
 * network ACLs.
 */
function scheduleCheck(region: Region, group: TargetGroupRow, target: TargetRow): void {
  if (region.plane.checksTargets) return;
  const key = targetKey(group.TargetGroupArn, target.id, target.port);
  region.forget('elbv2:target-checked', key);
  region.after(0, 'elbv2:target-checked', key);
}

/** Whether the security groups and network ACLs let at least one interface of the load balancer reach the target. */
function isReachable(
  region: Region,
  balancer: LoadBalancerRow,
  group: TargetGroupRow,
  target: TargetRow,
): boolean {
  const receiver = region.ec2.networkInterfaces.find(
    ({ VpcId, PrivateIpAddress }) => VpcId === group.VpcId && PrivateIpAddress === target.id,
  );
  const port = group.HealthCheckPort === 'traffic-port' ? target.port : Number(group.HealthCheckPort);
  return receiver !== undefined && someInterfaceReaches(region, balancer.interfaceIds, receiver, port);
}

export const targetOf = (group: TargetGroupRow, ip: string, port: number): TargetRow | undefined =>
  group.targets.find((target) => target.id === ip && target.port === port);

/** Returns the key that a target's events have in the agenda. */
export const targetKey = (targetGroupArn: string, ip: string, port: number): string =>
  `${targetGroupArn} ${ip} ${port}`;

/** Returns the target for a key of the agenda, if it still exists. */
export function targetOfKey(
  region: Region,
  key: string,
): { group: TargetGroupRow; target: TargetRow } | undefined {
  const [arn, ip = '', port] = key.split(' ');
  const group = region.elbv2.targetGroups.get(arn);
  const target = group && targetOf(group, ip, Number(port));
  return target && { group, target };
}

export const targetHealthEvents: Events = {
  'elbv2:target-checked'(region, key) {
    const { group, target } = targetOfKey(region, key) ?? {};
    const balancer = group && loadBalancerOf(region, group.TargetGroupArn);
    if (!balancer || target?.health.State !== 'initial') return;
    const health = isReachable(region, balancer, group, target) ? HEALTHY : TIMED_OUT;
    updateSlowStart(region, group, target, health);
    target.health = health;
  },
};
