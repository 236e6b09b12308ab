/** Checks the targets of every target group in use, at the interval of each group. */
import { setTimeout as delay } from 'node:timers/promises';
import type { HealthCheckResult, GroupHealthCheck, TargetHealth } from './health-check.ts';
import { sendHealthCheck, nextHealth, INITIAL_HEALTH } from './health-check.ts';
import { sendHttp2HealthCheck } from './http2-health-check.ts';
import type { Reachability, TargetView } from './view.ts';

/** A target group that a load balancer uses. */
export interface CheckedGroup {
  readonly arn: string;
  readonly settings: GroupHealthCheck;
  readonly targets: readonly TargetView[];
  reach(target: TargetView): Promise<Reachability>;
}

/** The options of a health checker. */
export interface HealthCheckerOptions {
  /** Returns the target groups in use; called before and after each check. */
  groups(this: void): readonly CheckedGroup[];
  /** Receives a target's health after each check, even when the health has not changed. */
  report(this: void, targetGroupArn: string, target: TargetView, health: TargetHealth): void;
  /** Resolves after `ms` milliseconds or when the signal is aborted; a real timer by default. */
  wait?(this: void, ms: number, signal: AbortSignal): Promise<void>;
  /** The interval at which added and removed targets are detected, in milliseconds; 250 by default. */
  refreshIntervalMs?: number;
}

/** A running health checker. */
export interface HealthChecker {
  /** Detects added and removed targets immediately, without waiting for the interval to end. */
  refresh(): void;
  /** Aborts all checks; nothing is reported afterwards. */
  stop(): Promise<void>;
}

/** The interval of the checks of a new target that refuses connections, in milliseconds. */
const START_INTERVAL_MS = 50;
/** How long a target must pass its checks before they become less frequent, in milliseconds. */
const SETTLED_AFTER_MS = 15_000;

interface FoundTarget {
  readonly group: CheckedGroup;
  readonly target: TargetView;
}

/**
 * Starts checking. A target is checked as soon as it is found. The next check starts one interval after the start of the
 * previous check, or when the previous check ends if that is later. A target that has been healthy for some time is checked at
 * its group's longer interval until a check fails. A new target that refuses connections is checked more often for a moment. The
 * group names how long, since its program may still be starting. Draining and unused targets are not checked.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function startHealthChecker(options: HealthCheckerOptions): HealthChecker {
  const { groups, report, wait = waitInRealTime, refreshIntervalMs = 250 } = options;
  const running = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>();
  const stopController = new AbortController();

  const findAll = (): Map<string, FoundTarget> =>
    new Map(
      groups().flatMap((group) =>
        group.targets
          .filter(isChecked)
          .map((target) => [`${group.arn} ${target.id}:${target.port}`, { group, target }]),
      ),
    );

  /** Checks one target for as long as it is registered. */
  const keepChecking = async (key: string, signal: AbortSignal): Promise<void> => {
    let health = INITIAL_HEALTH;
    for (let found = findAll().get(key); found !== undefined && !signal.aborted; found = findAll().get(key)) {
      const { group } = found;
      const interval = wait(group.settings.intervalMs, signal);
      const result = isNew(health) ? await checkNew(found, signal) : await check(found, signal);
      const afterCheck = findAll().get(key);
      if (afterCheck === undefined || signal.aborted) return;
      health = nextHealth(adjustedTo(health, afterCheck.target), result, group.settings);
      report(group.arn, afterCheck.target, health);
      await interval;
      const { intervalMs, settledIntervalMs = intervalMs } = group.settings;
      const hasSettled = health.state === 'healthy' && health.passes * intervalMs >= SETTLED_AFTER_MS;
      if (hasSettled && settledIntervalMs > intervalMs) await wait(settledIntervalMs - intervalMs, signal);
    }
  };

  /** Checks a new target, and repeats the check while the program has not opened its port and may still be starting. */
  const checkNew = async (found: FoundTarget, signal: AbortSignal): Promise<HealthCheckResult> => {
    const { startMs = 0 } = found.group.settings;
    let result = await check(found, signal);
    for (let waitedMs = 0; result === 'refused' && waitedMs < startMs; waitedMs += START_INTERVAL_MS) {
      await wait(START_INTERVAL_MS, signal);
      result = await check(found, signal);
    }
    return result;
  };

  const refresh = (): void => {
    if (stopController.signal.aborted) return;
    const found = findAll();
    for (const [key, { controller }] of running) if (!found.has(key)) controller.abort();
    for (const key of found.keys()) if (!running.has(key)) startChecking(key);
  };

  const startChecking = (key: string): void => {
    const controller = new AbortController();
    const done = keepChecking(key, controller.signal).finally(() => {
      running.delete(key);
      refresh(); // the target may have been registered again during the check
    });
    running.set(key, { controller, done });
  };

  const keepRefreshing = async (): Promise<void> => {
    while (!stopController.signal.aborted) {
      refresh();
      await wait(refreshIntervalMs, stopController.signal);
    }
  };
  const refreshing = keepRefreshing();

  return {
    refresh,
    async stop() {
      stopController.abort();
      for (const { controller } of running.values()) controller.abort();
      await Promise.all([refreshing, ...[...running.values()].map(({ done }) => done)]);
    },
  };
}

/** Whether a target is checked. Targets that drain, have no load balancer, or are in a group without checks are skipped. */
function isChecked({ state }: TargetView): boolean {
  return state === 'initial' || state === 'healthy' || state === 'unhealthy';
}

/** Adjusts the health to the target's state in the world. That state may have changed since the last check. */
function adjustedTo(health: TargetHealth, { state }: TargetView): TargetHealth {
  if (state === health.state) return health;
  return state === 'healthy' || state === 'unhealthy' ? { state, passes: 0, failures: 0 } : INITIAL_HEALTH;
}

/** Whether a target has not been checked yet. */
const isNew = ({ passes, failures }: TargetHealth): boolean => passes + failures === 0;

async function check({ group, target }: FoundTarget, signal: AbortSignal): Promise<HealthCheckResult> {
  const { settings } = group;
  const checked = settings.port === 'traffic-port' ? target : { ...target, port: settings.port };
  try {
    const reachability = await group.reach(checked);
    const { version = 'HTTP1' } = settings;
    const host = `${checked.id}:${checked.port}`;
    return typeof reachability === 'object' && version !== 'HTTP1'
      ? await sendHttp2HealthCheck(reachability, settings, signal, host)
      : await sendHealthCheck(reachability, settings, signal, host);
  } catch {
    return 'failed'; // the path is invalid, or the check was aborted and is not reported
  }
}

function waitInRealTime(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal, ref: false }).catch(() => {});
}
