/** Decides which failures, lags and throttling apply to each call in the current weather. */
import type { Failure } from './faults.ts';
import type { World } from '../world/world.ts';
import { makeBusyZones } from './busy-zones.ts';
import { seededRandom } from './seeded-random.ts';
import { randomFailure } from './random-failures.ts';
import { laggingTables } from './lagging-tables.ts';
import { RecentChanges } from './recent-changes.ts';
import { replacedTags } from './replaced-tags.ts';
import { makeThrottle } from './throttle.ts';
import { viewsOf, type DecodedCall } from './views.ts';
import { calm, isCalm, withSettings, type Weather } from './weather.ts';

/** The chaos of one call. It is decided before the gateway knows whether the sandbox supports the operation. */
export interface CallChaos {
  /** The failure to inject, if any. */
  readonly failure: Failure | undefined;
  /** The duration of the call, in milliseconds of the clock. */
  readonly latency: number;
}

export interface Chaos {
  readonly weather: Weather;
  /** Whether nothing is injected: no failures, lags or throttling. */
  readonly isCalm: boolean;
  /**
   * Changes some settings, restarts the random sequence and refills all buckets.
   * @param settings any of the settings
   * @throws Error for an invalid setting
   */
  adjust(settings: unknown): Weather;
  /** Restores the initial weather and forgets all recent changes. */
  reset(): void;
  /** Converts milliseconds of AWS time to milliseconds of the clock. At the pace `instant` they are the same. */
  toClockMs(ms: number): number;
  /** Counts a call and returns its chaos. */
  chaosOfNextCall(): CallChaos;
  /** @throws Throttled or PriorRequestNotComplete when the call must be refused */
  admit(call: DecodedCall): void;
  /** Runs a call against the world as that call sees it. */
  carryOut<Output>(call: DecodedCall, run: () => Output): Output;
}

export function makeChaos(world: World, initial: Weather = calm): Chaos {
  const now = () => world.clock.now();
  const toClockMs = (ms: number) => (world.pace === 'instant' ? ms : ms / world.pace);
  const recentChanges = new RecentChanges(now, () => toClockMs(Math.max(weather.idLagMs, weather.listLagMs)));
  const throttle = makeThrottle();
  const busyZones = makeBusyZones();
  let weather = initial;
  let isCalmNow = true;
  let callCount = 0;

  const apply = (next: Weather): Weather => {
    weather = next;
    isCalmNow = isCalm(weather);
    callCount = 0;
    throttle.refillAll();
    const hasLag = weather.idLagMs > 0 || weather.listLagMs > 0;
    if (!hasLag) recentChanges.clear();
    world.watch(
      hasLag
        ? (region) => laggingTables(region).map((table) => [table, recentChanges.watchOf(table)])
        : undefined,
    );
    return weather;
  };
  world.visibleAt = ({ lag, id, consumer, changedAt }) =>
    changedAt.getTime() +
    (weather[lag] > 0 ? toClockMs(weather[lag] * seededRandom(weather.seed, id, consumer)) : 0);
  apply(initial);

  return {
    get weather() {
      return weather;
    },
    get isCalm() {
      return isCalmNow;
    },
    adjust: (settings) => apply(withSettings(weather, settings)),
    reset() {
      recentChanges.clear();
      busyZones.clear();
      apply(initial);
    },
    toClockMs,
    chaosOfNextCall() {
      const callIndex = callCount++;
      const { min, max } = weather.latencyMs;
      const fraction = seededRandom(weather.seed, 'latency', callIndex);
      const latency = max > 0 ? toClockMs(min + fraction * (max - min)) : 0;
      return { failure: weather.faultRate > 0 ? randomFailure(weather, callIndex) : undefined, latency };
    },
    admit({ service, operation, input, region }) {
      if (weather.throttle) {
        const seconds = (world.pace === 'instant' ? now() : now() * world.pace) / 1000;
        throttle.take({ service, operation, region: region.name, input }, seconds);
      }
      if (weather.zoneBusyMs > 0 && service === 'route53') busyZones.check(operation, input, now());
    },
    carryOut(call, run) {
      const oldTags = replacedTags(call);
      const views = viewsOf(call, recentChanges, {
        now: now(),
        idLagMs: toClockMs(weather.idLagMs),
        listLagMs: toClockMs(weather.listLagMs),
        random: (id, purpose) => seededRandom(weather.seed, id, purpose),
      });
      for (const [table, view] of views) table.view = view;
      let output;
      try {
        output = run();
      } finally {
        // Views apply only while the call runs: everything else sees the actual rows.
        for (const table of views.keys()) table.view = undefined;
      }
      for (const [table, id, tags] of oldTags) recentChanges.addOldTags(table, id, tags);
      if (weather.zoneBusyMs > 0 && call.service === 'route53') {
        busyZones.markBusy(call.operation, call.input, now() + toClockMs(weather.zoneBusyMs));
      }
      return output;
    },
  };
}
