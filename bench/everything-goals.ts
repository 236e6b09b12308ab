/** The performance goals of the stack with everything on, and verdicts on whether the figures meet them. Pure. */
import type { Workload } from './contender.ts';
import { timeVerdict, WORKLOAD_NAMES, type SizeResult, type Verdict } from './goals.ts';

/** The maximum ratios to Terraform's time with the stack with everything on. */
const EVERYTHING_TIME_RATIOS: Readonly<Partial<Record<Workload, number>>> = { provision: 0.08, again: 0.2 };

/** Compares the stack with everything on with its goals. A first provision needs fewer calls than Terraform. */
export const everythingVerdicts = (sizes: readonly SizeResult[]): Verdict[] =>
  sizes.flatMap((size) => [
    ...Object.entries(EVERYTHING_TIME_RATIOS).flatMap(([workload, atMost]) =>
      timeVerdict(
        size,
        workload as Workload,
        atMost,
        `everything on, ${WORKLOAD_NAMES[workload as Workload]}`,
      ),
    ),
    ...(size.terraform
      ? [
          {
            what: `everything on, ${WORKLOAD_NAMES.provision}: calls, relative to Terraform's`,
            measured: size.slipway.provision.calls.median / size.terraform.provision.calls.median,
            atMost: 1,
          },
        ]
      : []),
  ]);
