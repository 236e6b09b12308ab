/** The results of the runs of the convergence tests. */
import type { CommandResult } from '../../lib/run/main.ts';

/** One change of a plan, as in the `--json` document. */
export interface PlannedChange {
  readonly address: string;
  readonly verb: string;
  readonly reason: string;
  readonly fields: readonly { readonly field: string; readonly from?: unknown; readonly to?: unknown }[];
}

/** The result of a provision. */
export interface ProvisionResult {
  /** The reported changes, e.g. `rules.web-api1 update`, in alphabetical order. */
  readonly done: string[];
  /** The mutating calls in the sandbox's journal. */
  readonly calls: string[];
}

/** The output of a run. */
export interface RunOutput {
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly result: CommandResult | undefined;
}
