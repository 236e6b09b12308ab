/** The sky over a world: which weather it has now, and what calls meet because of it. */
import type { Harm } from './faults.ts';
import type { World } from '../world/world.ts';
import { makeBusyZones } from './busy-zones.ts';
import { draw } from './seeded-random.ts';
import { gust } from './random-failures.ts';
import { laggingTables } from './lagging-tables.ts';
import { News } from './recent-changes.ts';
import { replacedTags } from './replaced-tags.ts';
import { makeThrottle } from './throttle.ts';
import { viewsOf, type Call } from './views.ts';
import { calm, isCalm, turned, type Weather } from './weather.ts';

/** What a call meets before its operation is known to be one that the sandbox has. */
export interface Start {
  /** What goes wrong with it, if anything does. */
  readonly harm: Harm | undefined;
  /** How long it takes, in milliseconds of the clock. */
  readonly latency: number;
}

export interface Sky {
  readonly weather: Weather;
  /** Whether nothing misbehaves. */
  readonly isCalm: boolean;
  /** Turns knobs. Chance starts anew, buckets are full. @param given any knobs @throws Error for what is none */
  turn(given: unknown): Weather;
  /** The weather of the start, and no memory. */
  reset(): void;
  /** Milliseconds of the clock for milliseconds of AWS time; at `instant` they are the same. */
  onClock(ms: number): number;
  start(): Start;
  /** @throws Throttled, PriorRequestNotComplete */
  admit(call: Call): void;
  /** Carries a call out on the world as the call sees it. */
  carryOut<Output>(call: Call, run: () => Output): Output;
}

export function makeSky(world: World, first: Weather = calm): Sky {
  const now = () => world.clock.now();
  const onClock = (ms: number) => (world.pace === 'instant' ? ms : ms / world.pace);
  const news = new News(now, () => onClock(Math.max(weather.idLagMs, weather.listLagMs)));
  const throttle = makeThrottle();
  const zones = makeBusyZones();
  let weather = first;
  let calmNow = true;
  let count = 0;

  const settle = (next: Weather): Weather => {
    weather = next;
    calmNow = isCalm(weather);
    count = 0;
    throttle.clear();
    const lags = weather.idLagMs > 0 || weather.listLagMs > 0;
    if (!lags) news.clear();
    world.watch(
      lags ? (region) => laggingTables(region).map((table) => [table, news.watchOf(table)]) : undefined,
    );
    return weather;
  };
  world.reaches = ({ knob, id, by, since }) =>
    since.getTime() + (weather[knob] > 0 ? onClock(weather[knob] * draw(weather.seed, id, by)) : 0);
  settle(first);

  return {
    get weather() {
      return weather;
    },
    get isCalm() {
      return calmNow;
    },
    turn: (given) => settle(turned(weather, given)),
    reset() {
      news.clear();
      zones.clear();
      settle(first);
    },
    onClock,
    start() {
      const nth = count++;
      const { min, max } = weather.latencyMs;
      const latency = max > 0 ? onClock(min + draw(weather.seed, 'latency', nth) * (max - min)) : 0;
      return { harm: weather.faultRate > 0 ? gust(weather, nth) : undefined, latency };
    },
    admit({ service, operation, input, region }) {
      if (weather.throttle) {
        const seconds = (world.pace === 'instant' ? now() : now() * world.pace) / 1000;
        throttle.take({ service, operation, region: region.name, input }, seconds);
      }
      if (weather.zoneBusyMs > 0 && service === 'route53') zones.check(operation, input, now());
    },
    carryOut(call, run) {
      const retagged = replacedTags(call);
      const views = viewsOf(call, news, {
        now: now(),
        ids: onClock(weather.idLagMs),
        lists: onClock(weather.listLagMs),
        draw: (id, purpose) => draw(weather.seed, id, purpose),
      });
      for (const [table, view] of views) table.view = view;
      let output;
      try {
        output = run();
      } finally {
        // Only while it runs: whatever else looks at the world sees all of it.
        for (const table of views.keys()) table.view = undefined;
      }
      for (const [table, id, tags] of retagged) news.retagged(table, id, tags);
      if (weather.zoneBusyMs > 0 && call.service === 'route53') {
        zones.begin(call.operation, call.input, now() + onClock(weather.zoneBusyMs));
      }
      return output;
    },
  };
}
