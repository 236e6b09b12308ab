/** The context that all parts of a provision or a teardown share. */
import type { ListenersOf } from '../diagnosis/facts.ts';
import type { Clock } from '../model/clock.ts';
import type { Report } from '../model/report.ts';
import type { State } from '../state/state.ts';
import { until, type ProbeResult } from '../engine/until.ts';
import type { WaitName, Waits } from '../engine/waits.ts';
import type { Noun } from '../model/architecture.ts';
import type { Change, Verb } from '../model/change.ts';

/** The context of a run. */
export interface Run {
  /** The command line that continues the run, e.g. `npm run provision`. */
  readonly command: string;
  readonly region: string;
  /** The endpoint, when it is not AWS's own. */
  readonly endpoint: string | undefined;
  readonly clock: Clock;
  /** Aborts when the run is interrupted, e.g. by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly waits: Waits;
  readonly report: Report;
  readonly state: State;
  /** Whether to wait until the stack is ready for requests: for health checks and DNS. */
  readonly waitUntilReady: boolean;
  /** Returns where the containers of a task listen; only the sandbox knows it. */
  readonly listenersOf?: ListenersOf | undefined;
}

/**
 * Completes a command of the AWS CLI, so that users can run it as it is shown.
 * @param command e.g. `aws ecs stop-task --cluster shop-dev --task 1`
 */
export const awsCommand = ({ region, endpoint }: Pick<Run, 'region' | 'endpoint'>, command: string): string =>
  [command, '--region', region, ...(endpoint === undefined ? [] : ['--endpoint-url', endpoint])].join(' ');

/** Waits for a resource, and reports the progress of the wait. */
export const untilReported =
  ({ clock, command, report, signal, waits }: Run, noun: Noun, key: string) =>
  <T>(what: string, wait: WaitName, probe: () => Promise<ProbeResult<T>>, extraMs = 0): Promise<T> =>
    until(what, { ...waits[wait], deadline: waits[wait].deadline + extraMs }, probe, {
      clock,
      signal,
      command,
      onPending: (text, elapsed) => report({ type: 'resource', noun, key, status: 'waiting', text, elapsed }),
    });

/** The verbs as the progress of a step. */
const PRESENT: Readonly<Record<Exclude<Verb, 'refused'>, string>> = {
  create: 'creating',
  update: 'updating',
  replace: 'replacing',
  remove: 'removing',
};

/** Reports that a step has started. */
export const reportStarted = (
  { report }: Pick<Run, 'report'>,
  { noun, key, verb }: Pick<Change, 'noun' | 'key' | 'verb'>,
): void =>
  report({
    ...{ type: 'resource', noun, key, status: 'started' },
    text: verb === 'refused' ? '' : PRESENT[verb],
  });
