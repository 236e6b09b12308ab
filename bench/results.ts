/** The results of a benchmark, which are printed as JSON or as tables. */
import type { LimitRun } from './limit-run.ts';
import type { OwnTime } from './own-time.ts';
import type { Size, Verdict } from './targets.ts';
import type { Throughput } from './throughput.ts';

/** The results of a benchmark. */
export interface Results {
  /** Lines about the machine, versions, rounds and delay. */
  readonly about: readonly string[];
  /** The measured sizes, the smallest first. */
  readonly sizes: readonly Size[];
  readonly verdicts: readonly Verdict[];
  readonly own?: OwnTime | undefined;
  readonly limit?: LimitRun | undefined;
  readonly throughput?: readonly Throughput[] | undefined;
  /** Parts that could not be measured, each with the reason. */
  readonly skipped: readonly string[];
  readonly failures: readonly string[];
}
