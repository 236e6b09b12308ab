/** A run: what every part of a provision or a teardown shares. */
import type { Clock } from '../model/clock.ts';
import type { Report } from '../model/report.ts';
import type { State } from '../state/state.ts';
import type { Waits } from '../engine/waits.ts';

export interface Run {
  /** The command to type to continue, e.g. `npm run provision`. */
  readonly command: string;
  readonly region: string;
  /** Another endpoint than AWS's own. */
  readonly endpoint: string | undefined;
  readonly clock: Clock;
  /** Says to stop: Ctrl-C. */
  readonly signal: AbortSignal;
  readonly waits: Waits;
  readonly report: Report;
  readonly state: State;
  /** Whether to wait for what only people wait for: health, DNS. */
  readonly waitUntilReady: boolean;
}
