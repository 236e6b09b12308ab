/** The health check of a target group: one table of its fields, with our names, ELB's names and the names in plans. Pure. */
import type { ModifyTargetGroupCommandInput, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Container, HealthCheck, OwnHealthSetting } from '../config/config.ts';
import type { Fields } from '../model/change.ts';

/** The protocol between the load balancer and a container, in ELB's terms. */
export const elbProtocol = (protocol: Container['protocol']) => ({
  Protocol: protocol === 'HTTPS' ? ('HTTPS' as const) : ('HTTP' as const),
  ...(protocol === 'GRPC' || protocol === 'HTTP2' ? { ProtocolVersion: protocol } : {}),
});

/** Returns the protocol of a target group, in the terms of a configuration. */
export const protocolOfGroup = ({ Protocol, ProtocolVersion }: TargetGroup): string =>
  ProtocolVersion === 'GRPC' || ProtocolVersion === 'HTTP2' ? ProtocolVersion : (Protocol ?? '');

/** A health check with the protocol and the port that the load balancer uses for it. */
export interface TargetHealthCheck extends Omit<HealthCheck, OwnHealthSetting> {
  readonly protocol: string;
  readonly port: string;
}

interface FieldNames {
  /** The member of ELB's requests and responses; the status codes are one level deeper, in `Matcher.HttpCode` or `GrpcCode`. */
  readonly member: keyof TargetGroup;
  /** The name of the field in a plan. */
  readonly label: `health.${string}`;
  /** The value to use if ELB does not report the field. */
  readonly fallback: string | number;
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html */
const FIELDS: Readonly<Record<keyof TargetHealthCheck, FieldNames>> = {
  protocol: { member: 'HealthCheckProtocol', label: 'health.protocol', fallback: '' },
  port: { member: 'HealthCheckPort', label: 'health.port', fallback: '' },
  path: { member: 'HealthCheckPath', label: 'health.path', fallback: '' },
  intervalSeconds: { member: 'HealthCheckIntervalSeconds', label: 'health.interval', fallback: 0 },
  timeoutSeconds: { member: 'HealthCheckTimeoutSeconds', label: 'health.timeout', fallback: 0 },
  healthyThreshold: { member: 'HealthyThresholdCount', label: 'health.healthy threshold', fallback: 0 },
  unhealthyThreshold: { member: 'UnhealthyThresholdCount', label: 'health.unhealthy threshold', fallback: 0 },
  matcher: { member: 'Matcher', label: 'health.matcher', fallback: '' },
};
const ENTRIES = Object.entries(FIELDS) as [keyof TargetHealthCheck, FieldNames][];

/** Returns the health check that ELB reports for a target group. */
export function healthCheckOfGroup(group: TargetGroup): TargetHealthCheck {
  const members = { ...group, Matcher: group.Matcher?.GrpcCode ?? group.Matcher?.HttpCode };
  const values = ENTRIES.map(([field, { member, fallback }]) => [field, members[member] ?? fallback]);
  return Object.fromEntries(values) as TargetHealthCheck;
}

/**
 * Returns the members of `CreateTargetGroup` and `ModifyTargetGroup` that set a health check.
 * @param isGrpc whether the codes are those of gRPC
 */
export function healthCheckInput(check: TargetHealthCheck, isGrpc = false) {
  const { Matcher: codes, ...members } = Object.fromEntries(
    ENTRIES.map(([field, { member }]) => [member, check[field]]),
  );
  return { ...members, Matcher: isGrpc ? { GrpcCode: codes } : { HttpCode: codes } } as Pick<
    ModifyTargetGroupCommandInput,
    Exclude<keyof ModifyTargetGroupCommandInput, 'TargetGroupArn'>
  >;
}

/** Returns a health check as the fields of a plan. */
export const healthCheckFields = (check: TargetHealthCheck): Fields<`health.${string}`> =>
  Object.fromEntries(ENTRIES.map(([field, { label }]) => [label, check[field]]));

/** Returns the ranges of status codes in a matcher (`200,204` or `200-299`). */
export const statusRanges = (matcher: string): { readonly from: number; readonly to: number }[] =>
  matcher.split(',').map((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return { from, to };
  });
