/** The contents of the sandbox as its page shows them: resources by kind, the last calls, faults and weather. */
import { census } from '../census.ts';
import { weathers } from '../chaos/weather.ts';
import type { Fault } from '../chaos/faults.ts';
import type { World } from '../world/world.ts';
import type { GatewayContext } from './gateway.ts';
import type { JournalEntry } from './journal.ts';

/** The number of calls of each kind that the page shows. */
const CALLS = 200;
/** The number of the last calls among which calls that change something are looked for. */
const SEARCHED_CALLS = 5000;

/** The contents of a sandbox. */
export interface SandboxContents {
  readonly resources: Readonly<Record<string, number>>;
  /** The last calls, the newest first. */
  readonly calls: readonly JournalEntry[];
  /** The last calls that change something, or into which a failure was injected, the newest first. */
  readonly changes: readonly JournalEntry[];
  readonly faults: readonly Fault[];
  readonly weather: object;
  /** The name of the weather; undefined if some of its settings were changed. */
  readonly weatherName: string | undefined;
  /** The settings of the weathers that have names. */
  readonly weathers: Readonly<Record<string, object>>;
}

export function sandboxContents(world: World, { journal, faults, chaos }: GatewayContext): SandboxContents {
  const calls = journal.entries().slice(-SEARCHED_CALLS).reverse();
  const settings = JSON.stringify(chaos.weather);
  return {
    resources: census(world),
    calls: calls.slice(0, CALLS),
    changes: calls
      .filter(({ mutating, fault, throttled }) => mutating || fault !== undefined || throttled)
      .slice(0, CALLS),
    faults: faults.waiting(),
    weather: chaos.weather,
    weatherName: Object.entries(weathers).find(([, weather]) => JSON.stringify(weather) === settings)?.[0],
    weathers,
  };
}
