/** Composes the problem that explains a failed deployment. Pure. */
import type { Cause } from '../../lib/diagnosis/cause.ts';
import type { Facts } from '../../lib/diagnosis/facts.ts';
import { endingText, reportsTrouble } from '../../lib/diagnosis/messages.ts';
import { problem, type Problem, type ProblemCode } from '../../lib/model/problem.ts';

/** A failed deployment, besides its facts and its cause. */
export interface DeploymentFailure {
  readonly code: ProblemCode;
  /** A description of the failure, without a full stop. */
  readonly what: string;
  /** The state after the failure. */
  readonly now: string;
  /** The reason in ECS's description of the deployment; empty if there is no reason. */
  readonly reason: string;
  /** What else the user can do, besides correcting the cause. */
  readonly moreAdvice: readonly string[];
  /** Completes a command of the AWS CLI with the region and the endpoint of the run. */
  readonly awsCommand: (command: string) => string;
}

/** The maximum numbers of events and endings of tasks in a problem without a known cause. */
const MAX_EVENTS = 3;
const MAX_TASKS = 3;

/** Composes the problem of a failed deployment. */
export function failureProblem(
  { logGroup, events, tasks }: Facts,
  cause: Cause | undefined,
  { code, what, now, reason, moreAdvice, awsCommand }: DeploymentFailure,
): Problem {
  const errors = events.filter(reportsTrouble).slice(-MAX_EVENTS);
  const endings = [...new Set(tasks.map(endingText))].filter((text) => text !== '').slice(0, MAX_TASKS);
  const reasons = reason === '' ? [] : [reason];
  return problem(code, {
    what: cause ? `${what}: ${cause.what}.` : `${what}.`,
    why: [...new Set(cause ? [...cause.evidence, ...reasons] : [...reasons, ...errors, ...endings])].join(
      '\n',
    ),
    now,
    fix: [
      ...(cause?.fix ?? []),
      'npm run provision, once the cause is fixed',
      ...moreAdvice,
      `${awsCommand(`aws logs tail ${logGroup} --follow`)}, for the complete logs`,
    ],
  });
}
