/** One health check of one target, and what its result makes of the target's health. */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { TLS } from './tls.ts';
import type { Reachability, TargetProtocol } from './view.ts';

/** How the targets of a group are checked; times in milliseconds. */
export interface GroupHealthCheck {
  readonly path: string;
  readonly port: number | 'traffic-port';
  readonly protocol: TargetProtocol;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** Status codes that pass: `200`, `200,202` or `200-299`. */
  readonly matcher: string;
}

/** A timer that fires later than this shows that the process was held up. */
const LATE_MS = 50;

/** What a check saw: the status code of a response, or why there was none. */
export type HealthCheckResult = { readonly code: number } | 'timeout' | 'failed';

/** The health of a target, in the words of `DescribeTargetHealth`, and how it got there. */
export interface TargetHealth {
  readonly state: 'initial' | 'healthy' | 'unhealthy';
  readonly reason?:
    | 'Elb.InitialHealthChecking'
    | 'Target.ResponseCodeMismatch'
    | 'Target.Timeout'
    | 'Target.FailedHealthChecks';
  readonly description?: string;
  /** How many checks in a row passed, or failed, up to now; one of the two is 0. */
  readonly passes: number;
  readonly failures: number;
}

/** The health of a target that was registered just now. */
export const INITIAL_HEALTH: TargetHealth = {
  state: 'initial',
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
  passes: 0,
  failures: 0,
};

/**
 * The health of a target after one more check. One pass is enough for a newly registered target; one that was
 * unhealthy needs `healthyThreshold` passes in a row, and any needs `unhealthyThreshold` failures in a row to fall.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function nextHealth(
  previous: TargetHealth,
  result: HealthCheckResult,
  settings: Pick<GroupHealthCheck, 'healthyThreshold' | 'unhealthyThreshold' | 'matcher'>,
): TargetHealth {
  if (typeof result === 'object' && matchesCode(settings.matcher, result.code)) {
    const passes = previous.passes + 1;
    if (previous.state === 'unhealthy' && passes < settings.healthyThreshold)
      return { ...previous, passes, failures: 0 };
    return { state: 'healthy', passes, failures: 0 };
  }
  const failures = previous.failures + 1;
  if (previous.state !== 'unhealthy' && failures < settings.unhealthyThreshold) {
    return { ...previous, passes: 0, failures };
  }
  return { state: 'unhealthy', ...reasonOf(result), passes: 0, failures };
}

function reasonOf(result: HealthCheckResult): Pick<TargetHealth, 'reason' | 'description'> {
  if (result === 'timeout') return { reason: 'Target.Timeout', description: 'Request timed out' };
  if (result === 'failed')
    return { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
  const description = `Health checks failed with these codes: [${result.code}]`;
  return { reason: 'Target.ResponseCodeMismatch', description };
}

/**
 * Whether a status code passes a matcher such as `200`, `200,202` or `200-299`.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
 */
export function matchesCode(matcher: string, code: number): boolean {
  return matcher.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return from !== undefined && to !== undefined && from <= code && code <= to;
  });
}

/**
 * Sends one health check: a real GET on a connection of its own. Redirects are not followed, certificates not verified.
 * @param reach where the target is, or how reaching it fails; then so does the check, in the time that it takes
 * @param signal gives the check up
 * @param host the Host header: on AWS the target's private IP address and port
 * @returns what the check saw
 * @throws when the check was given up
 */
export async function sendHealthCheck(
  reach: Reachability,
  settings: Pick<GroupHealthCheck, 'path' | 'protocol' | 'timeoutMs'>,
  signal: AbortSignal,
  host?: string,
): Promise<HealthCheckResult> {
  signal.throwIfAborted();
  if (reach === 'refused') return 'failed';
  if (reach === 'timeout') return await delay(settings.timeoutMs, 'timeout', { signal });

  const isSecure = settings.protocol === 'HTTPS';
  const { get } = isSecure ? https : http;
  return await new Promise((resolve, reject) => {
    const request = get({
      ...reach,
      path: settings.path,
      headers: {
        Host: host ?? `${reach.host}:${reach.port}`,
        Connection: 'close',
        'User-Agent': 'ELB-HealthChecker/2.0',
        'Accept-Encoding': 'gzip, compressed',
      },
      agent: false,
      signal,
      ...(isSecure && TLS),
    });
    const giveUp = (): void => {
      resolve('timeout');
      request.destroy();
    };
    const due = performance.now() + settings.timeoutMs;
    let timer = setTimeout(() => {
      // As long as this process was held up, no answer could be heard: the target gets that time, once.
      const lateMs = performance.now() - due;
      if (lateMs < LATE_MS) giveUp();
      else timer = setTimeout(giveUp, Math.min(lateMs, settings.timeoutMs));
    }, settings.timeoutMs);
    request.on('response', (response) => {
      resolve({ code: response.statusCode ?? 0 });
      response.destroy(); // the status decides, and the load balancer closes the connection after each check
    });
    request.on('error', (error) => (signal.aborted ? reject(error) : resolve('failed')));
    request.on('close', () => clearTimeout(timer));
  });
}
