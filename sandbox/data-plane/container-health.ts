/** Runs the health checks of containers as ECS does: at an interval, with retries, after a start period. */
import type { HealthCheck } from '@aws-sdk/client-ecs';
import type { RunningContainer } from '../runtime/container.ts';

/** ECS's defaults. The times are in seconds. */
const DEFAULTS = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 };
/**
 * The minimum intervals, in milliseconds. Real programs do not start faster at a faster pace. Each check starts a process, so at
 * a pace faster than AWS's, containers that have been healthy for some time are checked less often.
 */
const MIN_INTERVAL_MS = { untilFirstPass: 500, afterwards: 5_000, settled: 60_000 };
/** How long a container must pass its checks before they become less frequent, in milliseconds. */
const SETTLED_AFTER_MS = 30_000;

/** A running health check. */
export interface HealthWatch {
  /** Resolves when the check passes for the first time. */
  readonly healthy: Promise<undefined>;
  stop(): void;
}

/**
 * Checks a container until it ends or the watch is stopped.
 * @param scaled converts milliseconds of AWS time to milliseconds of the sandbox's time
 * @param report receives the status after each passed check, and after each failed check once the retries are used up
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 */
export function watchContainerHealth(
  container: Pick<RunningContainer, 'exited' | 'run'>,
  check: HealthCheck,
  scaled: (ms: number) => number,
  report: (status: 'HEALTHY' | 'UNHEALTHY') => void,
): HealthWatch {
  const { interval, timeout, retries, startPeriod } = { ...DEFAULTS, ...check };
  const startedAt = Date.now();
  let isStopped = false;
  let failures = 0;
  let hasPassed = false;
  /** The time of the first of the passed checks that no failed check has followed. */
  let passingSince = Infinity;
  let timer: NodeJS.Timeout | undefined;
  let becameHealthy: () => void = () => undefined;
  const healthy = new Promise<undefined>((resolve) => (becameHealthy = () => resolve(undefined)));
  void container.exited.then(() => (isStopped = true));

  const runCheck = async (): Promise<void> => {
    const { exitCode } = await container.run(check.command ?? [], timeout * 1000);
    if (isStopped) return;
    if (exitCode !== 0) passingSince = Infinity;
    if (exitCode === 0) {
      failures = 0;
      hasPassed = true;
      passingSince = Math.min(passingSince, Date.now());
      becameHealthy();
      report('HEALTHY');
    } else if (hasPassed || Date.now() - startedAt > startPeriod * 1000) {
      failures += 1;
      if (failures >= retries) report('UNHEALTHY');
    }
    scheduleNext();
  };
  const scheduleNext = () => {
    const hasSettled = scaled(1) < 1 && Date.now() - passingSince >= SETTLED_AFTER_MS;
    const minimum = MIN_INTERVAL_MS[!hasPassed ? 'untilFirstPass' : hasSettled ? 'settled' : 'afterwards'];
    timer = setTimeout(() => void runCheck(), Math.max(scaled(interval * 1000), minimum)).unref();
  };
  scheduleNext();
  return {
    healthy,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
