/** Runs a single health check of a target, and computes the target's health from the result. */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { MAX_RESPONSE_HEAD } from './headers.ts';
import { TLS } from './tls.ts';
import type { ProtocolVersion, Reachability, TargetProtocol } from './view.ts';

/** The health check settings of a target group; times are in milliseconds. */
export interface GroupHealthCheck {
  readonly path: string;
  readonly port: number | 'traffic-port';
  readonly protocol: TargetProtocol;
  /** The version of the protocol; HTTP/1.1 by default. */
  readonly version?: ProtocolVersion;
  readonly intervalMs: number;
  /** The interval for targets that have been healthy for some time; by default the same. */
  readonly settledIntervalMs?: number;
  readonly timeoutMs: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** Status codes that pass: `200`, `200,202` or `200-299`; with gRPC, those of gRPC. */
  readonly matcher: string;
  /** How long a new target may refuse connections, because its program still starts, before that counts as a failure; 0 by default. */
  readonly startMs?: number;
}

/** If a timer fires at least this many milliseconds late, this process was blocked. */
const LATE_MS = 50;

/** The result of a check: the status code of the response, or the reason why no response arrived. */
export type HealthCheckResult = { readonly code: number } | 'timeout' | 'refused' | 'failed';

/** The health of a target in the terms of `DescribeTargetHealth`, and the checks that led to it. */
export interface TargetHealth {
  readonly state: 'initial' | 'healthy' | 'unhealthy';
  readonly reason?:
    | 'Elb.InitialHealthChecking'
    | 'Target.ResponseCodeMismatch'
    | 'Target.Timeout'
    | 'Target.FailedHealthChecks';
  readonly description?: string;
  /** The numbers of consecutive passes and consecutive failures so far; one of the two is always 0. */
  readonly passes: number;
  readonly failures: number;
}

/** The health of a newly registered target. */
export const INITIAL_HEALTH: TargetHealth = {
  state: 'initial',
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
  passes: 0,
  failures: 0,
};

/**
 * Returns the health of a target after one more check. A newly registered target becomes healthy after one pass. An
 * unhealthy target becomes healthy after `healthyThreshold` consecutive passes. Any target becomes unhealthy after
 * `unhealthyThreshold` consecutive failures.
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
  if (result === 'failed' || result === 'refused')
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
 * Sends one health check: a GET request on a new connection. Redirects are not followed and certificates are not
 * verified.
 * @param reachability the target's address on this machine, or how a connection to it fails
 * @param signal aborts the check
 * @param host the Host header: on AWS, the target's private IP address and port
 * @throws when the check was aborted
 */
export async function sendHealthCheck(
  reachability: Reachability,
  settings: Pick<GroupHealthCheck, 'path' | 'protocol' | 'timeoutMs'>,
  signal: AbortSignal,
  host?: string,
): Promise<HealthCheckResult> {
  signal.throwIfAborted();
  if (reachability === 'refused') return 'refused';
  if (reachability === 'timeout') return await delay(settings.timeoutMs, 'timeout', { signal });

  const isSecure = settings.protocol === 'HTTPS';
  const { get } = isSecure ? https : http;
  return await new Promise((resolve, reject) => {
    const request = get({
      ...reachability,
      path: settings.path,
      headers: {
        Host: host ?? `${reachability.host}:${reachability.port}`,
        Connection: 'close',
        'User-Agent': 'ELB-HealthChecker/2.0',
        'Accept-Encoding': 'gzip, compressed',
      },
      agent: false,
      maxHeaderSize: MAX_RESPONSE_HEAD,
      signal,
      ...(isSecure && TLS),
    });
    const giveUp = (): void => {
      resolve('timeout');
      request.destroy();
    };
    const due = performance.now() + settings.timeoutMs;
    let timer = setTimeout(() => {
      // A blocked process cannot receive a response. The timeout is extended once, by as long as this process was blocked.
      const lateMs = performance.now() - due;
      if (lateMs < LATE_MS) giveUp();
      else timer = setTimeout(giveUp, Math.min(lateMs, settings.timeoutMs));
    }, settings.timeoutMs);
    request.on('response', (response) => {
      resolve({ code: response.statusCode ?? 0 });
      response.destroy(); // only the status matters, and the load balancer closes the connection after each check
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(error);
      else resolve(error.code === 'ECONNREFUSED' ? 'refused' : 'failed');
    });
    request.on('close', () => clearTimeout(timer));
  });
}
