/** The performance targets, and whether the figures meet them. Pure. */
import type { Workload } from './contender.ts';
import { peakOf, type Figures } from './figures.ts';
import type { LimitRun } from './limit-run.ts';
import type { OwnTime } from './own-time.ts';

/** The figures of one size. */
export interface Size {
  /** The number of services in addition to the one with two containers. */
  readonly more: number;
  readonly slipway: Figures;
  /** Undefined where Terraform was not measured. */
  readonly terraform: Figures | undefined;
}

/** The maximum ratio to Terraform's time, and the maximum number of calls, in total or per additional service. */
interface Target {
  readonly ratio: number;
  readonly calls: number;
}

const FIRST_TARGETS: Readonly<Record<Workload, Target>> = {
  plan: { ratio: 0.2, calls: 30 },
  provision: { ratio: 0.05, calls: 100 },
  again: { ratio: 0.18, calls: 43 },
  teardown: { ratio: 0.12, calls: 115 },
};

/** The number of additional services at the larger size, where calls are counted per additional service. */
const MANY = 50;
const MORE_TARGETS: Readonly<Partial<Record<Workload, Target>>> = {
  provision: { ratio: 0.15, calls: 10 },
  again: { ratio: 0.18, calls: 4 },
};

/** The maximum ratio to Terraform's peak memory. */
const MAX_MEMORY_RATIO = 0.35;

/** The names of the workloads in tables. */
export const WORKLOAD_NAMES: Readonly<Record<Workload, string>> = {
  plan: 'plan from nothing',
  provision: 'first provision',
  again: 'no-op provision',
  teardown: 'teardown',
};

/** One target and its measured value. */
export interface Verdict {
  readonly what: string;
  readonly is: number;
  readonly atMost: number;
}

/** Whether a target is met. */
export const isMet = ({ is, atMost }: Verdict): boolean => is <= atMost;

/** Returns every target that applies to these figures, with the measured value. */
export function verdicts(sizes: readonly Size[]): Verdict[] {
  const first = sizes.find(({ more }) => more === 0);
  const many = sizes.find(({ more }) => more === MANY);
  return [...(first ? firstVerdicts(first) : []), ...(first && many ? moreVerdicts(first, many) : [])];
}

/** The maximum ratio of a command's time to its limit, which is the time that AWS itself takes. */
const MAX_RATIO_TO_AWS = 1.05;

/** Compares the time of each command with the time that AWS itself takes. */
export const limitVerdicts = (works: LimitRun['works']): Verdict[] =>
  works.map(({ work, seconds, limit }) => ({
    what: `${work}: time, relative to the limit`,
    is: seconds / limit,
    atMost: MAX_RATIO_TO_AWS,
  }));

/** The maximum time that Slipway itself may take, in seconds. */
const MAX_OWN_SECONDS = { provision: 0.6, help: 0.25 };

/** Compares Slipway's own time with its targets. */
export const ownVerdicts = ({ provision, help }: OwnTime): Verdict[] => [
  { what: 'no-op provision: seconds outside calls', is: provision.median, atMost: MAX_OWN_SECONDS.provision },
  { what: '--help: seconds', is: help.median, atMost: MAX_OWN_SECONDS.help },
];

function firstVerdicts(size: Size): Verdict[] {
  const { slipway, terraform } = size;
  const peaks = [peakOf(slipway), terraform && peakOf(terraform)] as const;
  return [
    ...(Object.keys(FIRST_TARGETS) as Workload[]).flatMap((work) => [
      ...timeVerdict(size, work, FIRST_TARGETS[work].ratio, WORKLOAD_NAMES[work]),
      {
        what: `${WORKLOAD_NAMES[work]}: calls`,
        is: slipway[work].calls.median,
        atMost: FIRST_TARGETS[work].calls,
      },
    ]),
    ...(peaks[0] !== undefined && peaks[1] !== undefined
      ? [{ what: "peak memory, relative to Terraform's", is: peaks[0] / peaks[1], atMost: MAX_MEMORY_RATIO }]
      : []),
  ];
}

function moreVerdicts(first: Size, size: Size): Verdict[] {
  return (Object.keys(MORE_TARGETS) as Workload[]).flatMap((work) => {
    const target = MORE_TARGETS[work];
    if (!target) return [];
    const what = `${WORKLOAD_NAMES[work]}, ${size.more} more services`;
    const callsPerService =
      (size.slipway[work].calls.median - first.slipway[work].calls.median) / (size.more - first.more);
    return [
      ...timeVerdict(size, work, target.ratio, what),
      { what: `${what}: calls per service`, is: callsPerService, atMost: target.calls },
    ];
  });
}

function timeVerdict({ slipway, terraform }: Size, work: Workload, atMost: number, what: string): Verdict[] {
  if (!terraform) return [];
  const is = slipway[work].seconds.median / terraform[work].seconds.median;
  return [{ what: `${what}: time, relative to Terraform's`, is, atMost }];
}
