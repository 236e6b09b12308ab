/** Target groups as the load balancers and their health checks see them. */
import type { TargetGroupRow } from '../aws/elbv2/store.ts';
import { slowStartShare } from '../aws/elbv2/slow-start.ts';
import { loadBalancerOf } from '../aws/elbv2/usage.ts';
import type { CheckedGroup } from '../balancer/health-checker.ts';
import type { ProtocolVersion, TargetProtocol, TargetView } from '../balancer/view.ts';
import type { Region } from '../world/region.ts';
import { locateTarget } from './reachability.ts';

/** The minimum interval between checks at any pace, in milliseconds. */
const MIN_INTERVAL_MS = 200;
/** The longest time in which a new target may refuse connections before that counts as a failed check, in milliseconds. */
const MAX_START_MS = 1_000;
/** The minimum interval for targets that have been healthy for some time: frequent checks would keep an idle machine busy. */
const MIN_SETTLED_INTERVAL_MS = 5_000;

/** Returns the protocol of a target group's setting. */
export const protocolOf = (protocol: string | undefined): TargetProtocol =>
  protocol === 'HTTPS' ? 'HTTPS' : 'HTTP';

/** Returns the version of the protocol of a target group's setting. */
export const versionOf = (version: string | undefined): ProtocolVersion =>
  version === 'GRPC' || version === 'HTTP2' ? version : 'HTTP1';

/** Returns the targets of a group as load balancers see them. */
export const targetsOf = (region: Region, group: TargetGroupRow | undefined): TargetView[] =>
  (group?.targets ?? []).map((target) => {
    const { id, port, health } = target;
    const share = group && slowStartShare(region, group, target);
    return { id, port, state: stateOf(health.State), ...(share !== undefined && { share }) };
  });

const STATES = ['initial', 'healthy', 'unhealthy', 'unused', 'draining', 'unavailable'] as const;
const stateOf = (state: string | undefined): TargetView['state'] =>
  STATES.find((known) => known === state) ?? 'draining';

/** Returns the target groups of active load balancers in a region. */
export function checkedGroups(
  region: Region,
  folderOf: (taskArn: string) => string,
): { region: Region; group: CheckedGroup }[] {
  return region.elbv2.targetGroups.all().flatMap((row) => {
    const balancer = loadBalancerOf(region, row.TargetGroupArn);
    if (balancer?.State?.Code !== 'active') return [];
    const awsIntervalMs = (row.HealthCheckIntervalSeconds ?? 30) * 1000;
    const intervalMs = Math.max(region.scaled(awsIntervalMs), MIN_INTERVAL_MS);
    const group: CheckedGroup = {
      arn: row.TargetGroupArn,
      settings: {
        path: row.HealthCheckPath ?? '/',
        port: row.HealthCheckPort === 'traffic-port' ? 'traffic-port' : Number(row.HealthCheckPort),
        protocol: protocolOf(row.HealthCheckProtocol),
        version: versionOf(row.ProtocolVersion),
        intervalMs,
        // A shorter interval does not make the program start sooner.
        startMs: Math.min(Math.max(awsIntervalMs - intervalMs, 0), MAX_START_MS),
        settledIntervalMs: Math.max(intervalMs, MIN_SETTLED_INTERVAL_MS),
        timeoutMs: (row.HealthCheckTimeoutSeconds ?? 5) * 1000,
        healthyThreshold: row.HealthyThresholdCount ?? 5,
        unhealthyThreshold: row.UnhealthyThresholdCount ?? 2,
        matcher: row.Matcher.GrpcCode ?? row.Matcher.HttpCode ?? '200',
      },
      targets: targetsOf(region, row),
      reach: (target) => Promise.resolve(locateTarget(region, balancer, target, folderOf)),
    };
    return [{ region, group }];
  });
}
