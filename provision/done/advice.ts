/** What usually helps, by what ECS and the load balancer said. Pure. */
import type { RoutedContainer } from '../../lib/config/config.ts';

/** Wordings of ECS, the more telling first, and what usually helps. */
const ends: readonly (readonly [RegExp, string])[] = [
  [
    /limit on the number of vCPUs/,
    'Ask for more Fargate vCPUs under Service Quotas, or give the service less.',
  ],
  [
    /unable to assume the role/,
    'ECS cannot take on a role of the service: IAM may need a minute, or a policy of the account forbids it.',
  ],
  [
    /i\/o timeout|dial tcp|context deadline exceeded|TLS handshake timeout|request canceled|connection issue/,
    'The task has no way out: check its private route table, the NAT gateway and the security group.',
  ],
  [/CannotPullContainer/, 'The image cannot be pulled: check its name and the execution role.'],
  [
    /ResourceInitializationError/,
    'The task could not be set up: check its way out to AWS, the log group and the execution role.',
  ],
  [/OutOfMemory/, 'A container was killed for its memory: give the service more.'],
  [
    /Target\.Timeout|health checks/,
    'A container does not answer its health check: it must listen on 0.0.0.0, on the configured port and path.',
  ],
  [/exit code 137/, 'A container was killed: give the service more memory.'],
  [/Essential container|exit code/, 'A container ended by itself: its last lines say why.'],
];

/** @param text what ECS said of a deployment and of its tasks */
export const adviceForTasks = (text: string): string[] =>
  ends
    .filter(([wording]) => wording.test(text))
    .slice(0, 1)
    .map(([, advice]) => advice);

/**
 * @param text the reasons of the targets
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes
 */
export function adviceForTargets({ name, port, protocol, health }: RoutedContainer, text: string): string[] {
  const { path, matcher, timeoutSeconds } = health;
  if (text.includes('Target.Timeout')) {
    return [`${name} must listen on 0.0.0.0:${port} and answer GET ${path} within ${timeoutSeconds} s.`];
  }
  if (text.includes('Target.ResponseCodeMismatch')) {
    return [`GET ${path} must answer ${matcher}: correct health.path or health.matcher of ${name}.`];
  }
  if (text.includes('Target.FailedHealthChecks')) {
    return [`${name} must listen on 0.0.0.0:${port} and speak ${protocol} there: connections to it fail.`];
  }
  return [];
}
