/** The results of a benchmark, which are printed as JSON or as tables. */
import type { CommandTimes } from './command-times.ts';
import type { LocalTime } from './local-times.ts';
import type { IdleCost } from './idle.ts';
import type { MinimumResults } from './minimum-run.ts';
import type { OwnTime } from './own-time.ts';
import type { PageTimes } from './page-times.ts';
import type { SizeResult, Verdict } from './goals.ts';
import type { RolloutMeasurement } from './rollouts.ts';
import type { Throughput } from './throughput.ts';

/** The results of a benchmark. */
export interface Results {
  /** Lines about the machine, the versions and how the figures were measured. */
  readonly about: readonly string[];
  /** The measured sizes, the smallest first. */
  readonly sizes: readonly SizeResult[];
  /** The stack with everything on; empty if it was not measured. */
  readonly everything: readonly SizeResult[];
  readonly verdicts: readonly Verdict[];
  /** Slipway's own time. The flag `--only own` selects it. */
  readonly own?: OwnTime | undefined;
  /** The times of `status` and `logs`. */
  readonly commands?: CommandTimes | undefined;
  /** The comparison with the minimum times. */
  readonly minimum?: MinimumResults | undefined;
  readonly throughput?: readonly Throughput[] | undefined;
  /** The times of changes on the sandbox at its default pace. */
  readonly localTimes?: readonly LocalTime[] | undefined;
  /** The cost of an idle sandbox. The flag `--only idle` selects it. */
  readonly idle?: IdleCost | undefined;
  /** The page of a stack in a browser. The flag `--only page` selects it. */
  readonly page?: PageTimes | undefined;
  /** The requests that were dropped while the stack changed. */
  readonly rollouts?: RolloutMeasurement | undefined;
  /** Parts that could not be measured, each with the reason. */
  readonly skipped: readonly string[];
  readonly failures: readonly string[];
}
