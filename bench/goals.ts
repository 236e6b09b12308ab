/** The performance goals, and verdicts on whether the figures meet them. Pure. */
import type { LocalTime } from './local-times.ts';
import type { Workload } from './contender.ts';
import type { FailureTime } from './failure-times.ts';
import { peakOf, type Figures } from './figures.ts';
import type { MinimumResults } from './minimum-run.ts';
import type { IdleCost } from './idle.ts';
import type { OwnTime } from './own-time.ts';
import type { RolloutResult } from './rollouts.ts';
import { BALANCER_REQUESTS, type Throughput } from './throughput.ts';

/** The figures of both contenders with a given number of services. */
export interface SizeResult {
  /** The number of services in addition to the one with two containers. */
  readonly additionalServices: number;
  readonly slipway: Figures;
  /** Undefined where Terraform was not measured. */
  readonly terraform: Figures | undefined;
}

/** The maximum ratio to Terraform's time, and the maximum number of calls, in total or per additional service. */
interface Goal {
  readonly maxTimeRatio: number;
  readonly maxCalls: number;
}

/** The goals without additional services. */
const BASE_GOALS: Readonly<Record<Workload, Goal>> = {
  plan: { maxTimeRatio: 0.2, maxCalls: 30 },
  provision: { maxTimeRatio: 0.05, maxCalls: 100 },
  again: { maxTimeRatio: 0.18, maxCalls: 43 },
  teardown: { maxTimeRatio: 0.12, maxCalls: 139 },
};

/** The large size, as a number of additional services. */
const LARGE_SIZE = 50;
/** The goals of the large size. Here, `maxCalls` is the maximum number per additional service. */
const LARGE_SIZE_GOALS: Readonly<Partial<Record<Workload, Goal>>> = {
  provision: { maxTimeRatio: 0.15, maxCalls: 10 },
  again: { maxTimeRatio: 0.18, maxCalls: 4 },
};

/** The maximum ratio to Terraform's peak memory. */
const MAX_MEMORY_RATIO = 0.35;

/** The names under which tables show the workloads. */
export const WORKLOAD_NAMES: Readonly<Record<Workload, string>> = {
  plan: 'plan from nothing',
  provision: 'first provision',
  again: 'no-op provision',
  teardown: 'teardown',
};

/** One goal and its measured value. */
export interface Verdict {
  readonly what: string;
  readonly measured: number;
  readonly atMost: number;
}

/** Whether a goal is met. */
export const isMet = ({ measured, atMost }: Verdict): boolean => measured <= atMost;

/** Returns every goal that applies to these figures, with the measured value. */
export function verdicts(sizes: readonly SizeResult[]): Verdict[] {
  const baseSize = sizes.find(({ additionalServices }) => additionalServices === 0);
  const largeSize = sizes.find(({ additionalServices }) => additionalServices === LARGE_SIZE);
  return [
    ...(baseSize ? baseVerdicts(baseSize) : []),
    ...(baseSize && largeSize ? largeVerdicts(baseSize, largeSize) : []),
  ];
}

/** The maximum ratio of a command's time to its minimum time. */
const MAX_RATIO_TO_MINIMUM = 1.05;

/** Compares the time of each command with its minimum: the time that AWS itself takes. */
export const minimumVerdicts = (workloads: MinimumResults['workloads']): Verdict[] =>
  workloads.map(({ workload, seconds, minimum }) => ({
    what: `${workload}: time, relative to the minimum`,
    measured: seconds / minimum,
    atMost: MAX_RATIO_TO_MINIMUM,
  }));

/** The maximum time from AWS's report of a failure that no retry can remove until the end of the command, in seconds. */
const MAX_SECONDS_AFTER_REPORT = 15;

/** Compares how soon updates that cannot succeed end with the goal. */
export const failureVerdicts = (failures: readonly FailureTime[]): Verdict[] =>
  failures.map(({ what, secondsAfterReport }) => ({
    what: `${what}: seconds from AWS's report to the end`,
    measured: secondsAfterReport,
    atMost: MAX_SECONDS_AFTER_REPORT,
  }));

/** The maximum time until a change on the sandbox serves, in seconds. */
const maxSecondsUntilServed = (what: string): number =>
  what === 'first provision' ? 5 : what.startsWith('dev') ? 1 : 2;

/** Compares how soon changes on the sandbox serve with the goals. No request may be lost. */
export const localVerdicts = (times: readonly LocalTime[]): Verdict[] =>
  times.flatMap(({ what, served, lost }) => [
    { what: `${what}: seconds until it serves`, measured: served, atMost: maxSecondsUntilServed(what) },
    { what: `${what}: lost requests`, measured: lost, atMost: 0 },
  ]);

/** The maximum share of requests that may be sent late. With more, the load was not the one that was meant. */
const MAX_LATE_SHARE = 0.03;

/** Whether the load during a change was steady. If not, the change must be measured again. */
export const isSteady = ({ requests, late }: Pick<RolloutResult, 'requests' | 'late'>): boolean =>
  late <= MAX_LATE_SHARE * requests;

/** Compares the number of dropped requests of each change with its goal, zero, and checks that the load was steady. */
export const rolloutVerdicts = (results: readonly RolloutResult[]): Verdict[] =>
  results.flatMap((result) => {
    const { what, requests, late, dropped } = result;
    return [
      { what: `${what}: dropped requests`, measured: dropped.length, atMost: 0 },
      ...(isSteady(result)
        ? []
        : [
            { what: `${what}: late requests, as a share`, measured: late / requests, atMost: MAX_LATE_SHARE },
          ]),
    ];
  });

/** The maximum time that Slipway itself may take, in seconds. */
const MAX_OWN_SECONDS = { provision: 0.6, help: 0.2 };

/** Compares Slipway's own time with its goals. */
export const ownVerdicts = ({ provision, help }: OwnTime): Verdict[] => [
  {
    what: 'no-op provision: seconds outside calls',
    measured: provision.median,
    atMost: MAX_OWN_SECONDS.provision,
  },
  { what: '--help: seconds', measured: help.median, atMost: MAX_OWN_SECONDS.help },
];

/** The maximum ratio of nginx's requests per second to those of the sandbox's load balancer. */
const MAX_RATIO_OF_NGINX = 1 / 0.35;

/** Compares the load balancer with nginx. */
export const balancerVerdicts = (measured: readonly Throughput[]): Verdict[] =>
  measured.flatMap(({ what, sandbox, other }) =>
    what === BALANCER_REQUESTS && other !== undefined
      ? [
          {
            what: `nginx's ${what} per second, relative to the sandbox's`,
            measured: other / sandbox,
            atMost: MAX_RATIO_OF_NGINX,
          },
        ]
      : [],
  );

/** The maximum CPU time of an idle sandbox with the example, in percent of a core. */
const MAX_IDLE_PERCENT = 1;

/** Compares the cost of an idle sandbox with its goal. */
export const idleVerdicts = ({ percent }: IdleCost): Verdict[] => [
  { what: 'idle sandbox with the example: percent of a core', measured: percent, atMost: MAX_IDLE_PERCENT },
];

function baseVerdicts(size: SizeResult): Verdict[] {
  const { slipway, terraform } = size;
  const slipwayPeak = peakOf(slipway);
  const terraformPeak = terraform && peakOf(terraform);
  return [
    ...(Object.keys(BASE_GOALS) as Workload[]).flatMap((workload) => [
      ...timeVerdict(size, workload, BASE_GOALS[workload].maxTimeRatio, WORKLOAD_NAMES[workload]),
      {
        what: `${WORKLOAD_NAMES[workload]}: calls`,
        measured: slipway[workload].calls.median,
        atMost: BASE_GOALS[workload].maxCalls,
      },
    ]),
    ...(slipwayPeak !== undefined && terraformPeak !== undefined
      ? [
          {
            what: "peak memory, relative to Terraform's",
            measured: slipwayPeak / terraformPeak,
            atMost: MAX_MEMORY_RATIO,
          },
        ]
      : []),
  ];
}

function largeVerdicts(baseSize: SizeResult, size: SizeResult): Verdict[] {
  return (Object.keys(LARGE_SIZE_GOALS) as Workload[]).flatMap((workload) => {
    const goal = LARGE_SIZE_GOALS[workload];
    if (!goal) return [];
    const what = `${WORKLOAD_NAMES[workload]}, ${size.additionalServices} more services`;
    const callsPerService =
      (size.slipway[workload].calls.median - baseSize.slipway[workload].calls.median) /
      (size.additionalServices - baseSize.additionalServices);
    return [
      ...timeVerdict(size, workload, goal.maxTimeRatio, what),
      { what: `${what}: calls per service`, measured: callsPerService, atMost: goal.maxCalls },
    ];
  });
}

/** Compares the time of a workload with Terraform's; nothing where Terraform was not measured. */
export function timeVerdict(
  { slipway, terraform }: SizeResult,
  workload: Workload,
  atMost: number,
  what: string,
): Verdict[] {
  if (!terraform) return [];
  const measured = slipway[workload].seconds.median / terraform[workload].seconds.median;
  return [{ what: `${what}: time, relative to Terraform's`, measured, atMost }];
}
