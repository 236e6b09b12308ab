/** Composes the problem that explains a failed deployment. Pure. */
import type { Cause } from '../../lib/diagnosis/cause.ts';
import type { Facts } from '../../lib/diagnosis/facts.ts';
import { endingText, reportsTrouble } from '../../lib/diagnosis/messages.ts';
import { problem, type Problem, type ProblemCode } from '../../lib/model/problem.ts';
import { logsAdvice } from './unanswered.ts';

/** A failed deployment, besides its facts and its cause. */
export interface DeploymentFailure {
  readonly code: ProblemCode;
  /** The name of the service. */
  readonly service: string;
  /** A description of the failure, without a full stop. */
  readonly what: string;
  /** The state after the failure. */
  readonly now: string;
  /** The reason in ECS's description of the deployment; empty if there is no reason. */
  readonly reason: string;
  /** What else the user can do, besides correcting the cause. */
  readonly moreAdvice: readonly string[];
}

/** The maximum numbers of events and endings of tasks in a problem without a known cause. */
const MAX_EVENTS = 3;
const MAX_TASKS = 3;

/** Composes the problem of a failed deployment. */
export function failureProblem(
  { events, tasks }: Facts,
  cause: Cause | undefined,
  { code, service, what, now, reason, moreAdvice }: DeploymentFailure,
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
      logsAdvice(service),
    ],
  });
}
