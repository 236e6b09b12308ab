/** The results of a benchmark, which are printed as JSON or as tables. */
import type { MinimumRun } from './minimum-run.ts';
import type { OwnTime } from './own-time.ts';
import type { SizeResult, Verdict } from './targets.ts';
import type { Throughput } from './throughput.ts';

/** The results of a benchmark. */
export interface Results {
  /** Lines about the machine, versions, rounds and delay. */
  readonly about: readonly string[];
  /** The measured sizes, the smallest first. */
  readonly sizes: readonly SizeResult[];
  readonly verdicts: readonly Verdict[];
  /** Slipway's own time, named after the option `--only own`. */
  readonly own?: OwnTime | undefined;
  /** The comparison with minimum times, named after the option `--only limit`. */
  readonly limit?: MinimumRun | undefined;
  readonly throughput?: readonly Throughput[] | undefined;
  /** Parts that could not be measured, each with the reason. */
  readonly skipped: readonly string[];
  readonly failures: readonly string[];
}
