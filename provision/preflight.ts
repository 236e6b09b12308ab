/** Runs the preflight checks of a provision on AWS, before the first change. */
import { withDeadline } from '../lib/aws/deadline.ts';
import { messageOf } from '../lib/aws/errors.ts';
import type { Aws } from '../lib/aws/clients.ts';
import type { Config } from '../lib/config/config.ts';
import type { Desired } from '../lib/look/context.ts';
import type { Event } from '../lib/model/report.ts';
import { foresee, foreseenText } from '../lib/preflight/foresight.ts';
import type { Options } from '../lib/run/options.ts';
import type { Run } from '../lib/run/run.ts';
import {
  preflightGaps,
  preflightProblems,
  preflightWarnings,
  runPreflight,
  type Preflight,
} from '../lib/preflight/preflight.ts';
import type { Plan } from './plan.ts';
import { checkTogether } from './surroundings.ts';

/** The checks are quick; a slow account must not delay a provision for long. */
const DEADLINE_MS = 20_000;

/** The run as the checks need it. */
interface PreflightContext extends Desired {
  readonly aws: Aws;
  readonly run: Pick<Run, 'report' | 'signal'>;
}

/**
 * Checks the permissions and the quotas that the changes of a plan need. A plan reports what it finds as warnings. What cannot be
 * checked is reported in a note.
 * @throws ACCESS_DENIED or QUOTA; SURROUNDINGS with both; the signal's reason
 */
export async function checkPreflight(
  context: PreflightContext,
  { changes, found }: Pick<Plan, 'changes' | 'found'>,
  { plan: isPlan, preflight: isWanted }: Pick<Options, 'plan' | 'preflight'>,
): Promise<void> {
  const { aws, config, run } = context;
  if (config.target !== 'aws' || changes.length === 0 || !isWanted) return;
  const zone = found.subnets.get('public-1')?.zone ?? found.zones[0];
  const result = await withDeadline('The preflight checks', DEADLINE_MS, run.signal, (signal) =>
    untilAborted(runPreflight(aws, context, changes, zone), signal),
  ).catch((error: unknown): Preflight => {
    if (run.signal.aborted) throw error;
    return { permissions: { state: 'skipped', why: messageOf(error) }, quotas: [], uncheckedQuotas: [] };
  });
  for (const text of preflightGaps(result)) run.report({ type: 'note', text });
  for (const text of preflightWarnings(result)) run.report({ type: 'warning', text });
  const problems = preflightProblems(result, config);
  if (isPlan) {
    for (const { what, why } of problems)
      run.report({ type: 'warning', text: `${what} ${why.replaceAll('\n', ' ')}` });
    return;
  }
  await checkTogether(
    problems.map((obstacle) => () => {
      throw obstacle;
    }),
  );
}

/** Returns a warning for everything that the configuration alone lets foresee. Pure. */
export const foresightEvents = (config: Config): Event[] =>
  foresee(config).map((one) => ({ type: 'warning', text: foreseenText(one) }));

/** Settles with a promise, or rejects when a signal is aborted; the calls behind the promise then end on their own. */
const untilAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
