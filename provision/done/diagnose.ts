/** Explains why a deployment failed: gathers the facts, finds the cause, and composes the problem. */
import type { Task } from '@aws-sdk/client-ecs';
import type { Service } from '../../lib/config/config.ts';
import { findCause, type Cause } from '../../lib/diagnosis/cause.ts';
import { endedOnItsOwn, type Facts } from '../../lib/diagnosis/facts.ts';
import {
  factGatherer,
  type Gather,
  type GatherContext,
  type GatheredDeployment,
  type Observed,
} from '../../lib/diagnosis/gather.ts';
import { endingText } from '../../lib/diagnosis/messages.ts';
import { tasksOf } from '../../lib/look/tasks.ts';
import { problem, type Problem, type ProblemCode } from '../../lib/model/problem.ts';

/** A failed deployment, with everything that the caller knows about it. */
export interface DeploymentFailure extends Omit<GatheredDeployment, 'service' | 'targetGroups'>, Observed {
  readonly targetGroups?: GatheredDeployment['targetGroups'];
  /** By default DEPLOYMENT. */
  readonly code?: ProblemCode;
  /** A description of the failure, without a full stop; by default, that the deployment failed. */
  readonly what?: string;
  /** The state after the failure. */
  readonly now?: string;
  /** What else the user can do, besides correcting the cause. */
  readonly moreAdvice?: readonly string[];
  /** Completes a command of the AWS CLI with the region and the endpoint of the run. */
  readonly awsCommand?: (command: string) => string;
  /** Reads the facts; by default with a new gatherer, which knows nothing about the past. */
  readonly gather?: Gather;
}

/** Returns the problem that explains a failed deployment. Details that cannot be read are left out. */
export async function diagnose(
  context: GatherContext,
  service: Service,
  { gather, targetGroups = new Map(), ...failure }: DeploymentFailure,
): Promise<Problem> {
  const read = gather ?? factGatherer(context, { service, targetGroups, ...failure });
  const facts = await read(failure);
  return failureProblem(facts, findCause(facts), failure);
}

/** The maximum numbers of events and endings of tasks in a problem without a known cause. */
const MAX_EVENTS = 3;
const MAX_TASKS = 3;

/** Composes the problem of a failed deployment. Pure. */
export function failureProblem(
  facts: Facts,
  cause: Cause | undefined,
  {
    code = 'DEPLOYMENT',
    what,
    now,
    reason,
    moreAdvice = [],
    awsCommand = (command) => command,
  }: Pick<DeploymentFailure, 'code' | 'what' | 'now' | 'reason' | 'moreAdvice' | 'awsCommand'>,
): Problem {
  const { service, logGroup, events, tasks } = facts;
  const failed = what ?? `The deployment of ${service.name} failed`;
  const errors = events.filter((text) => /unable|failed|unhealthy/.test(text)).slice(-MAX_EVENTS);
  const endings = [...new Set(tasks.map(endingText))].filter((text) => text !== '').slice(0, MAX_TASKS);
  const reasons = reason ? [reason] : [];
  return problem(code, {
    what: cause ? `${failed}: ${cause.what}.` : `${failed}.`,
    why: [...new Set(cause ? [...cause.evidence, ...reasons] : [...reasons, ...errors, ...endings])].join(
      '\n',
    ),
    now:
      now ??
      'Everything else is created and recorded; the failed service is kept so that you can inspect it.',
    fix: [
      ...(cause?.fix ?? []),
      'npm run provision, once the cause is fixed',
      ...moreAdvice,
      `${awsCommand(`aws logs tail ${logGroup} --follow`)}, for the complete logs`,
    ],
  });
}

/** Returns the stopped tasks of a task definition, latest first, or an empty list if they cannot be read. */
export async function stoppedTasks(
  context: Pick<GatherContext, 'aws' | 'names'>,
  service: string,
  definition: string,
): Promise<Task[]> {
  const tasks = await tasksOf(context, service, 'STOPPED').catch(() => []);
  return tasks
    .filter(({ taskDefinitionArn }) => taskDefinitionArn === definition)
    .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
}

/** Whether a task ended on its own rather than being stopped by ECS or a user. */
export const exitedOnItsOwn = ({ stopCode }: Task): boolean => endedOnItsOwn({ stopCode });
