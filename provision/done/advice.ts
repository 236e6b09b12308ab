/** Suggests fixes for the messages of ECS and the reasons of the load balancer. Pure. */
import type { RoutedContainer } from '../../lib/config/config.ts';

/** Patterns for ECS's messages, the more specific first, and what usually helps. */
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /limit on the number of vCPUs/,
    'Request more Fargate vCPUs under Service Quotas, or reduce the cpu or the count of the service.',
  ],
  [
    /unable to assume the role/,
    'ECS cannot assume a role of the service: IAM may need a minute, or a policy of the account forbids it.',
  ],
  [
    /i\/o timeout|dial tcp|context deadline exceeded|TLS handshake timeout|request canceled|connection issue/,
    'The task has no outbound network access: check its private route table, the NAT gateway and the security group.',
  ],
  [/CannotPullContainer/, 'The image cannot be pulled: check its name and the execution role.'],
  [
    /ResourceInitializationError/,
    'The task could not be set up: check its network access to AWS, the log group and the execution role.',
  ],
  [/OutOfMemory/, 'A container ran out of memory and was killed: increase the memory of the service.'],
  [
    /Target\.Timeout|health checks/,
    'A container does not answer its health check: it must listen on 0.0.0.0, on the configured port and path.',
  ],
  [/exit code 137/, 'A container was killed: increase the memory of the service.'],
  [/Essential container|exit code/, 'A container exited on its own: its last log lines show why.'],
];

/**
 * Suggests a fix for a failed deployment.
 * @param text ECS's messages about the deployment and its tasks
 */
export const adviceForTasks = (text: string): string[] =>
  advice
    .filter(([pattern]) => pattern.test(text))
    .slice(0, 1)
    .map(([, fix]) => fix);

/**
 * Suggests a fix for unhealthy targets of a container.
 * @param text the reasons that the load balancer gives
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes
 */
export function adviceForTargets({ name, port, protocol, health }: RoutedContainer, text: string): string[] {
  const { path, matcher, timeoutSeconds } = health;
  if (text.includes('Target.Timeout')) {
    return [`${name} must listen on 0.0.0.0:${port} and answer GET ${path} within ${timeoutSeconds} s.`];
  }
  if (text.includes('Target.ResponseCodeMismatch')) {
    return [`GET ${path} must return ${matcher}: correct health.path or health.matcher of ${name}.`];
  }
  if (text.includes('Target.FailedHealthChecks')) {
    return [`${name} must listen on 0.0.0.0:${port} and speak ${protocol} there: connections to it fail.`];
  }
  return [];
}
