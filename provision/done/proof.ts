/** Proves that a service runs: its tasks and targets must stay healthy for a while, in real time. Pure. */
import type { Task } from '@aws-sdk/client-ecs';
import type { ProofTimes } from '../../lib/engine/waits.ts';
import { failed, pending, ready, type ProbeResult } from '../../lib/engine/until.ts';
import type { Sighting } from './sighting.ts';

/** The part of a probe that the proof needs. */
export interface Observation extends Sighting {
  /** The time of the probe, milliseconds since 1970. */
  readonly at: number;
  /** How many tasks the service should run. */
  readonly count: number;
  /** Whether ECS reports the deployment as completed. */
  readonly isComplete: boolean;
  /** How many tasks ECS counts as running, for endpoints that list no tasks. */
  readonly runningCount: number;
}

/** Tracks what the probes of a service find. */
export interface Proof {
  /** Adds a probe, and returns whether the probes so far prove that the service runs. */
  observe(observation: Observation): ProbeResult<undefined>;
}

/**
 * The age up to which exits count if the deployment was completed before the run; older ones say nothing about the running tasks.
 */
const RECENT_MS = 10 * 60_000;

/** The task of an endpoint that lists no tasks. */
const UNLISTED = 'unlisted';

const timeOf = (date: Date | undefined): number | undefined => date?.getTime();

/** Returns how long a task ran, in milliseconds; 0 if it did not start. */
function lifeOf({ startedAt, executionStoppedAt, stoppingAt, stoppedAt }: Task): number {
  const end = executionStoppedAt ?? stoppingAt ?? stoppedAt;
  return startedAt && end ? Math.max(0, end.getTime() - startedAt.getTime()) : 0;
}

/**
 * Makes the proof for one wait. The time of a task counts from the first probe that found it running with healthy targets; if
 * that changes, its time starts again. `count` tasks must stay up for `upMs`. Once a task has exited, they must stay up for twice
 * as long as the exited task that ran longest, within the limits of the quiet period. A longer wait would find few more faults: a
 * program that survives this period may run for an hour before it exits.
 * @param wasComplete whether the deployment was completed before the run; its tasks then count from their start
 */
export function newProof(times: ProofTimes, wasComplete: () => boolean): Proof {
  const upSince = new Map<string, number>();
  const seen = new Set<string | undefined>();
  let exitsBeforeCompletion: ReadonlySet<string | undefined> | undefined;
  let hasListedTasks = false;

  const quietMs = (exits: readonly Task[]): number =>
    Math.min(times.maxQuietMs, Math.max(times.minQuietMs, 2 * Math.max(...exits.map(lifeOf))));

  const noteTasks = ({ at, running, unhealthy, runningCount, count }: Observation): void => {
    hasListedTasks ||= running.length > 0;
    const areTargetsHealthy = unhealthy.length === 0;
    const listed = running.map(({ taskArn = '', startedAt }) => [taskArn, startedAt] as const);
    const unlisted = runningCount >= count ? [[UNLISTED, undefined] as const] : [];
    const up = new Map(areTargetsHealthy ? (hasListedTasks ? listed : unlisted) : []);
    for (const arn of upSince.keys()) if (!up.has(arn)) upSince.delete(arn);
    for (const [arn, startedAt] of up) {
      const since = wasComplete() ? (timeOf(startedAt) ?? 0) : at;
      if (!upSince.has(arn)) upSince.set(arn, Math.min(since, at));
    }
  };

  return {
    observe(observation) {
      const { at, count, isComplete, unhealthy } = observation;
      const exits = observation.ended.filter(
        (task) => !wasComplete() || (timeOf(task.stoppedAt ?? task.stoppingAt) ?? at) > at - RECENT_MS,
      );
      noteTasks(observation);
      if (isComplete) exitsBeforeCompletion ??= new Set(exits.map(({ taskArn }) => taskArn));
      for (const { taskArn } of exits) seen.add(taskArn);
      const further = exits.filter(({ taskArn }) => exitsBeforeCompletion?.has(taskArn) === false);
      if (further.length > 0 && exits.length > 1) {
        return failed(`${exits.length} of its tasks failed.`);
      }
      if (!isComplete || unhealthy.length > 0) return pending('');
      if (count === 0) return ready(undefined);
      const required = exits.length > 0 ? quietMs(exits) : times.upMs;
      const upTimes = [...upSince.values()].map((since) => at - since).sort((a, b) => b - a);
      const shortest = hasListedTasks ? upTimes[count - 1] : upTimes[0];
      if (shortest === undefined) return pending(`${upTimes.length}/${count} tasks are up`);
      if (shortest >= required) return ready(undefined);
      const left = Math.ceil((required - shortest) / STEP_MS) * (STEP_MS / 1000);
      return pending(
        exits.length > 0
          ? `a task has failed: the new tasks must stay up for ${left} more seconds`
          : `its tasks must stay up for ${left} more seconds`,
      );
    },
  };
}

/** The remaining time is rounded up to a multiple of this, so that a note is not reported with every probe. */
const STEP_MS = 3000;
