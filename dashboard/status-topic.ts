/** The condition of the stack, as the page shows it: a look at everything now and then, and at what runs in between. */
import type { Deployment } from '@aws-sdk/client-ecs';
import { asTyped } from '../build/typed-command.js';
import { revisionNumber } from '../lib/aws/task-definition-revisions.ts';
import { survey } from '../lib/engine/survey.ts';
import type { Survey } from '../lib/look/found.ts';
import { nounsToTearDown, type Noun } from '../lib/model/architecture.ts';
import type { Clock } from '../lib/model/clock.ts';
import { withStackFlags } from '../lib/run/command-line.ts';
import type { Options } from '../lib/run/options.ts';
import type { StatusResult } from '../lib/run/status-results.ts';
import { lookAtStack, type StackLook } from '../status/look.ts';
import { containersByGroup } from '../status/facts.ts';
import { missingNotice, noticeOf, type HeldSession, type Held, type Notice } from './held-session.ts';
import type { Topic } from './topics.ts';

/** One version of a service while it has tasks. */
export interface ShownDeployment {
  readonly service: string;
  readonly revision: number;
  /** Whether it is the newest one. */
  readonly isNewest: boolean;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly failed: number;
  /** E.g. `IN_PROGRESS`. */
  readonly rollout: string;
  readonly reason: string;
  /** In ISO 8601. */
  readonly since: string;
}

/** The value of the topic. */
export interface ShownStatus {
  /** Undefined until the first look has succeeded. */
  readonly status?: StatusResult | undefined;
  readonly deployments: readonly ShownDeployment[];
  /** Why the data is missing, or old. */
  readonly notice?: Notice | undefined;
  /** When the data was read, in ISO 8601; only if it is old. */
  readonly staleSince?: string | undefined;
}

/** The nouns that change while tasks start and stop. */
const LIVE_NOUNS: readonly Noun[] = ['rules', 'targetGroups', 'taskDefinitions', 'services'];

/** Milliseconds between two looks at what runs, and between two looks at everything, on each target. */
const PERIODS = {
  sandbox: { liveMs: 1500, fullMs: 20_000 },
  aws: { liveMs: 10_000, fullMs: 120_000 },
} as const;

/** The messages of ECS that the page shows per service: all that ECS returns. */
const EVENTS = 100;

/** The last look, which other topics use, too. */
export interface LastLook {
  /** The container of each target group, by ARN: `<service>/<container>:<port>`. */
  containers: ReadonlyMap<string, string>;
  found: Survey | undefined;
}

export function statusTopic(held: HeldSession, options: Options, clock: Clock, last: LastLook): Topic {
  const { liveMs, fullMs } = PERIODS[options.target];
  let full: { readonly found: Survey; readonly url: string | null; readonly at: number } | undefined;
  let shown: ShownStatus = { deployments: [] };
  let readAt = 0;

  async function look({ session, stackInfo }: Held): Promise<StackLook> {
    const context = session.lookContext();
    const isFull = full === undefined || clock.now() - full.at >= fullMs;
    const surveyed =
      full === undefined || isFull
        ? await survey(context, nounsToTearDown)
        : { ...full.found, ...(await liveSurvey(context)) };
    const found = await lookAtStack(session, stackInfo, surveyed, isFull ? undefined : full?.url, EVENTS);
    if (isFull) full = { found: surveyed, url: found.result.url, at: clock.now() };
    // A run may be creating the rest of the stack.
    if (found.result.resources === 0 || found.result.services.some(({ revision }) => revision === null))
      full = undefined;
    return found;
  }

  return {
    name: 'status',
    everyMs: liveMs,
    async poll() {
      try {
        const { result, live, found } = await held.use(look);
        last.containers = containersByGroup(found.services);
        last.found = found;
        readAt = clock.now();
        const deployments = [...live.deployments].flatMap(([service, all]) =>
          all.map((one, index) => shownDeployment(service, one, index === 0)),
        );
        const forUser = (advice: string) => asTyped(withStackFlags(advice, options));
        const notice = result.resources === 0 ? missingNotice(result.stack, forUser) : undefined;
        shown = { status: result, deployments, notice };
      } catch (error) {
        full = undefined;
        shown = {
          ...shown,
          notice: noticeOf(error, options),
          ...(shown.status && { staleSince: new Date(readAt).toISOString() }),
        };
      }
      return shown;
    },
  };
}

/** Looks at the nouns that change while tasks start and stop. */
async function liveSurvey(context: Parameters<typeof survey>[0]): Promise<Partial<Survey>> {
  const found = await survey(context, LIVE_NOUNS);
  return Object.fromEntries(LIVE_NOUNS.map((noun) => [noun, found[noun]]));
}

function shownDeployment(service: string, deployment: Deployment, isFirst: boolean): ShownDeployment {
  const { taskDefinition = '', status, createdAt } = deployment;
  return {
    service,
    revision: revisionNumber(taskDefinition),
    isNewest: status === undefined ? isFirst : status === 'PRIMARY',
    desired: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
    pending: deployment.pendingCount ?? 0,
    failed: deployment.failedTasks ?? 0,
    rollout: deployment.rolloutState ?? '',
    reason: deployment.rolloutStateReason ?? '',
    since: createdAt?.toISOString() ?? '',
  };
}
