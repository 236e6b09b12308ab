/** Everything that a benchmark found out: what is printed as JSON, and as tables. */
import type { LimitRun } from './limit-run.ts';
import type { OwnTime } from './own-time.ts';
import type { Size, Verdict } from './targets.ts';
import type { Throughput } from './throughput.ts';

export interface Results {
  /** Machine, versions, rounds, delay: lines of text. */
  readonly about: readonly string[];
  /** Sizes that were measured, the smallest first. */
  readonly sizes: readonly Size[];
  readonly verdicts: readonly Verdict[];
  readonly own?: OwnTime | undefined;
  readonly limit?: LimitRun | undefined;
  readonly throughput?: readonly Throughput[] | undefined;
  /** What could not be measured, and why. */
  readonly skipped: readonly string[];
  readonly failures: readonly string[];
}
