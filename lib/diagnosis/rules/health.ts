/** Rules for programs that answer a health check wrongly or too late. */
import type { Container } from '../../config/config.ts';
import { checkedContainer, failedChecks, type FailedCheck } from '../checks.ts';
import { configuredContainer, type Facts } from '../facts.ts';
import { excerptOf } from '../excerpt.ts';
import { logEvidence } from '../evidence.ts';
import { ageSeconds, lifetimeSeconds } from '../exited.ts';
import type { Cause, Rule } from '../rule.ts';

/** The statuses of a program that is not ready yet. During the grace period, they may still go away. */
const TEMPORARY_STATUSES = [502, 503, 504];

interface HealthContext {
  readonly facts: Facts;
  readonly check: FailedCheck;
  readonly configured: Container;
  readonly name: string;
  readonly isGraceOver: boolean;
}

/** The request of a health check, in words. */
const requestOf = ({ protocol, health: { path } }: Container): string =>
  protocol === 'GRPC' ? `the gRPC call ${path}` : `GET ${path}`;

const healthRule =
  (judge: (context: HealthContext) => Pick<Cause, 'what' | 'fix' | 'isPermanent'> | undefined): Rule =>
  (facts) => {
    for (const check of failedChecks(facts)) {
      const configured = configuredContainer(facts, check.container);
      if (!configured) continue;
      const task = check.task ?? facts.tasks[0];
      // ECS checks a container even before its task has started, because others may wait for its health.
      const age = check.by === 'container' && task ? ageSeconds(task, facts.now) : undefined;
      const seconds = task && (lifetimeSeconds(task, facts.now) ?? age);
      const isGraceOver = seconds !== undefined && seconds >= facts.service.graceSeconds;
      const judged = judge({ facts, check, configured, name: check.container, isGraceOver });
      if (!judged) continue;
      const log = checkedContainer(facts, check)?.log ?? [];
      return {
        ...judged,
        container: check.container,
        evidence: [check.report, ...logEvidence(check.container, excerptOf(log))],
      };
    }
    return undefined;
  };

const wrongStatus = healthRule(({ check: { result }, configured, name, isGraceOver }) => {
  if (typeof result !== 'number') return undefined;
  const { health } = configured;
  const what = `${requestOf(configured)} of ${name} answers ${result}, expected ${health.matcher}`;
  if (result >= 500) {
    return {
      what,
      fix: [
        `Correct the answer of ${name} to ${health.path}, or correct health.path or health.matcher of ${name}.`,
      ],
      isPermanent: isGraceOver || !TEMPORARY_STATUSES.includes(result),
    };
  }
  return {
    what: `${what}: correct health.path or health.matcher`,
    fix: [fixOfStatus(result, name, health.path)],
    isPermanent: true,
  };
});

function fixOfStatus(status: number, name: string, path: string): string {
  if (status >= 300 && status < 400)
    return `Set health.path of ${name} to the address that ${path} redirects to, or add ${status} to health.matcher.`;
  if (status === 401 || status === 403)
    return `Set health.path of ${name} to a path that needs no login, or add ${status} to health.matcher.`;
  return `Set health.path of ${name} to a path that it serves, or add ${status} to health.matcher.`;
}

const tooSlow = healthRule(({ check: { result }, configured, name, isGraceOver }) =>
  result !== 'timeout'
    ? undefined
    : {
        what: `${name} does not answer ${requestOf(configured)} on port ${configured.port} within ${configured.health.timeoutSeconds} s (health.timeoutSeconds)`,
        fix: [
          `Make ${name} answer ${configured.health.path} faster, or raise health.timeoutSeconds of ${name}.`,
          `If ${name} answers no request at all, something blocks its event loop.`,
        ],
        isPermanent: isGraceOver,
      },
);

const ownCheck = healthRule(({ check: { by }, configured, name, isGraceOver }) => {
  const { health, port, path } = configured;
  if (by !== 'container') return undefined;
  return health.command !== undefined
    ? {
        what: `${name} fails its own health check: health.command does not end with exit code 0 within ${health.timeoutSeconds} s`,
        fix: [`Correct ${name}, or correct health.command or health.timeoutSeconds of ${name}.`],
        isPermanent: isGraceOver,
      }
    : {
        what: `${name} fails its own health check: ${requestOf(configured)} on port ${port} does not answer ${health.matcher}`,
        fix: [
          `Make ${name} answer ${health.path} with ${health.matcher}, or correct ${path === undefined ? 'port or health.path' : 'health.path or health.matcher'} of ${name}.`,
        ],
        isPermanent: isGraceOver,
      };
});

const unknownResult = healthRule(({ check: { by }, configured, name, isGraceOver }) =>
  by !== 'load balancer'
    ? undefined
    : {
        what: `${name} fails the health check of the load balancer: ${requestOf(configured)} on port ${configured.port}`,
        fix: [
          `Make ${name} listen on 0.0.0.0:${configured.port}, speak ${configured.protocol} there, and answer ${configured.health.path} with ${configured.health.matcher}.`,
        ],
        isPermanent: isGraceOver,
      },
);

export const healthRules: readonly Rule[] = [wrongStatus, tooSlow, ownCheck, unknownResult];
