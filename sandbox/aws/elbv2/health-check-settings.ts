/** The health check settings of target groups: AWS's defaults, and the rules that AWS's API model lacks. */
import type { CreateTargetGroupInput, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { validation } from './errors.ts';

/** The names of the settings, which are the same in requests and responses. */
export const HEALTH_CHECK_MEMBERS = [
  'HealthCheckProtocol',
  'HealthCheckPort',
  'HealthCheckEnabled',
  'HealthCheckPath',
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
  'Matcher',
] as const satisfies readonly (keyof TargetGroup & keyof CreateTargetGroupInput)[];

type Member = (typeof HEALTH_CHECK_MEMBERS)[number];
export type HealthCheckSettings = { [M in Member]-?: NonNullable<TargetGroup[M]> };

/**
 * The defaults. They are the same for HTTP and HTTPS groups, because AWS checks both over HTTP. AWS's guide documents a
 * default timeout of 5 seconds, but the API model documents 6 or 10 seconds. In practice the default is 5 seconds.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
const DEFAULTS: HealthCheckSettings = {
  HealthCheckProtocol: 'HTTP',
  HealthCheckPort: 'traffic-port',
  HealthCheckEnabled: true,
  HealthCheckPath: '/',
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  Matcher: { HttpCode: '200' },
};

/** The default code is UNIMPLEMENTED, which a server answers that does not have the method of the default path. */
const GRPC_DEFAULTS: HealthCheckSettings = {
  ...DEFAULTS,
  HealthCheckPath: '/AWS.ALB/healthcheck',
  Matcher: { GrpcCode: '12' },
};

/**
 * Returns the settings after a call that changes some of them.
 * @param version the protocol version of the group
 * @throws ValidationError
 */
export function healthCheckSettings(
  input: Pick<TargetGroup, Member>,
  version: string | undefined,
  current: HealthCheckSettings = version === 'GRPC' ? GRPC_DEFAULTS : DEFAULTS,
): HealthCheckSettings {
  const next = Object.fromEntries(
    HEALTH_CHECK_MEMBERS.map((member) => [member, input[member] ?? current[member]]),
  ) as HealthCheckSettings;
  checkSettings(next, version === 'GRPC');
  return next;
}

function checkSettings(settings: HealthCheckSettings, isGrpc: boolean): void {
  const { HealthCheckProtocol, HealthCheckEnabled, HealthCheckPath, HealthCheckPort, Matcher } = settings;
  const { HealthCheckIntervalSeconds: interval, HealthCheckTimeoutSeconds: timeout } = settings;
  if (!['HTTP', 'HTTPS'].includes(HealthCheckProtocol)) {
    throw validation(`Health check protocol '${HealthCheckProtocol}' must be one of 'HTTP, HTTPS'`);
  }
  if (!HealthCheckEnabled) {
    throw validation("Health check enabled must be true for target groups with target type 'ip'");
  }
  if (!HealthCheckPath.startsWith('/')) {
    throw validation(`Health check path '${HealthCheckPath}' must start with a '/'`);
  }
  if (HealthCheckPort !== 'traffic-port' && !isPort(HealthCheckPort)) {
    throw validation(
      `Health check port '${HealthCheckPort}' must be 'traffic-port' or a port between '1-65535'`,
    );
  }
  if (timeout >= interval) {
    throw validation(`Health check timeout '${timeout}' must be smaller than the interval '${interval}'`);
  }
  if (isGrpc) checkGrpcMatcher(Matcher);
  else checkMatcher(Matcher);
}

/** Whether a string is a number from 1 to 65535 in decimal digits. */
export const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65535;

/** Accepts codes such as `200`, `200,202` or `200-299`. */
function checkMatcher({ HttpCode, GrpcCode }: NonNullable<TargetGroup['Matcher']>): void {
  if (GrpcCode !== undefined)
    throw validation('A gRPC code can only be specified for target groups with protocol version GRPC');
  const parts = (HttpCode ?? '').split(',');
  const isValid = parts.every((part) => {
    const [, from, to = from] = /^(\d{3})(?:-(\d{3}))?$/.exec(part) ?? [];
    return Number(from) >= 200 && Number(to) <= 499 && Number(from) <= Number(to);
  });
  if (!isValid)
    throw validation(`Health check matcher HTTP code '${HttpCode}' must be within '200-499' inclusive`);
}

/** Accepts codes such as `0`, `0,5` or `0-99`. */
function checkGrpcMatcher({ HttpCode, GrpcCode }: NonNullable<TargetGroup['Matcher']>): void {
  if (HttpCode !== undefined)
    throw validation('An HTTP code cannot be specified for target groups with protocol version GRPC');
  const isValid = (GrpcCode ?? '').split(',').every((part) => {
    const [, from, to = from] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part) ?? [];
    return from !== undefined && Number(from) <= Number(to);
  });
  if (!isValid)
    throw validation(`Health check matcher gRPC code '${GrpcCode}' must be within '0-99' inclusive`);
}
