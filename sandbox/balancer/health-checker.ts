/** Keeps checking the targets of every target group in use, each on its group's interval. */
import { setTimeout as delay } from 'node:timers/promises';
import type { HealthCheckResult, GroupHealthCheck, TargetHealth } from './health-check.ts';
import { sendHealthCheck, nextHealth, INITIAL_HEALTH } from './health-check.ts';
import type { Reachability, TargetView } from './view.ts';

/** A target group that a load balancer uses. */
export interface CheckedGroup {
  readonly arn: string;
  readonly settings: GroupHealthCheck;
  readonly targets: readonly TargetView[];
  reach(target: TargetView): Promise<Reachability>;
}

/** What a health checker works on. */
export interface HealthCheckerOptions {
  /** The target groups in use, read anew before and after each check. */
  groups(this: void): readonly CheckedGroup[];
  /** Is told a target's health after each of its checks, also when it is what it was. */
  report(this: void, targetGroupArn: string, target: TargetView, health: TargetHealth): void;
  /** Resolves after the time, in milliseconds, or as soon as the signal is aborted. A real timer if not given. */
  wait?(this: void, ms: number, signal: AbortSignal): Promise<void>;
  /** How often to look for targets that came or went, in milliseconds; 250 if not given. */
  lookIntervalMs?: number;
}

/** A running health checker. */
export interface HealthChecker {
  /** Looks for targets that came or went now, without waiting for the next look. */
  refresh(): void;
  /** Gives all checks up; nothing is reported afterwards. */
  stop(): Promise<void>;
}

interface Found {
  readonly group: CheckedGroup;
  readonly target: TargetView;
}

/**
 * Starts checking. A target's first check is sent as soon as the target is seen, the next one an interval after the
 * start of the one before, but never while that one is under way. Targets that drain or are unused are not checked.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function startHealthChecker(options: HealthCheckerOptions): HealthChecker {
  const { groups, report, wait = waitInRealTime, lookIntervalMs = 250 } = options;
  const rounds = new Map<string, { readonly leaving: AbortController; readonly done: Promise<void> }>();
  const stopping = new AbortController();

  const findAll = (): Map<string, Found> =>
    new Map(
      groups().flatMap((group) =>
        group.targets
          .filter(isChecked)
          .map((target) => [`${group.arn} ${target.id}:${target.port}`, { group, target }]),
      ),
    );

  /** Checks one target for as long as it is there. */
  const attend = async (key: string, signal: AbortSignal): Promise<void> => {
    let health = INITIAL_HEALTH;
    for (let found = findAll().get(key); found !== undefined && !signal.aborted; found = findAll().get(key)) {
      const { group, target } = found;
      const interval = wait(group.settings.intervalMs, signal);
      const result = await check(group, target, signal);
      const now = findAll().get(key);
      if (now === undefined || signal.aborted) return;
      health = nextHealth(inAgreement(health, now.target), result, group.settings);
      report(group.arn, now.target, health);
      await interval;
    }
  };

  const look = (): void => {
    if (stopping.signal.aborted) return;
    const found = findAll();
    for (const [key, { leaving }] of rounds) if (!found.has(key)) leaving.abort();
    for (const key of found.keys()) if (!rounds.has(key)) begin(key);
  };

  const begin = (key: string): void => {
    const leaving = new AbortController();
    const done = attend(key, leaving.signal).finally(() => {
      rounds.delete(key);
      look(); // the target may have been registered again meanwhile
    });
    rounds.set(key, { leaving, done });
  };

  const keepLooking = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      look();
      await wait(lookIntervalMs, stopping.signal);
    }
  };
  const looking = keepLooking();

  return {
    refresh: look,
    async stop() {
      stopping.abort();
      for (const { leaving } of rounds.values()) leaving.abort();
      await Promise.all([looking, ...[...rounds.values()].map(({ done }) => done)]);
    },
  };
}

/** A draining target finishes what it has, an unused one is nobody's, and an unavailable one is not to be checked. */
function isChecked({ state }: TargetView): boolean {
  return state === 'initial' || state === 'healthy' || state === 'unhealthy';
}

/** The health that goes with the state in the world, which may have been set anew since the last check. */
function inAgreement(health: TargetHealth, { state }: TargetView): TargetHealth {
  if (state === health.state) return health;
  return state === 'healthy' || state === 'unhealthy' ? { state, passes: 0, failures: 0 } : INITIAL_HEALTH;
}

async function check(
  group: CheckedGroup,
  target: TargetView,
  signal: AbortSignal,
): Promise<HealthCheckResult> {
  const { settings } = group;
  const checked = settings.port === 'traffic-port' ? target : { ...target, port: settings.port };
  try {
    return await sendHealthCheck(
      await group.reach(checked),
      settings,
      signal,
      `${checked.id}:${checked.port}`,
    );
  } catch {
    return 'failed'; // given up, which nobody will hear of, or a path that cannot be requested
  }
}

function waitInRealTime(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal, ref: false }).catch(() => {});
}
