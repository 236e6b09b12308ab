/** What Slipway is to reach beside Terraform, and whether it does. Pure. */
import type { Workload } from './contender.ts';
import { peakOf, type Figures } from './figures.ts';
import type { LimitRun } from './limit-run.ts';
import type { OwnTime } from './own-time.ts';

/** The figures of one size: so many services more than the one with its two containers. */
export interface Size {
  readonly more: number;
  readonly slipway: Figures;
  /** Undefined where Terraform was not measured. */
  readonly terraform: Figures | undefined;
}

/** At most so much of Terraform's time, and so many calls; or so many for each service more. */
interface Target {
  readonly ratio: number;
  readonly calls: number;
}

const FIRST: Readonly<Record<Workload, Target>> = {
  plan: { ratio: 0.2, calls: 30 },
  provision: { ratio: 0.05, calls: 100 },
  again: { ratio: 0.18, calls: 42 },
  teardown: { ratio: 0.12, calls: 110 },
};

/** For so many services more; calls are counted for each of them. */
const MANY = 50;
const MORE: Readonly<Partial<Record<Workload, Target>>> = {
  provision: { ratio: 0.15, calls: 10 },
  again: { ratio: 0.18, calls: 4 },
};

const MEMORY = 0.35;

/** What the works are called in a table. */
export const WORKLOAD_NAMES: Readonly<Record<Workload, string>> = {
  plan: 'plan from nothing',
  provision: 'first provision',
  again: 'no-op provision',
  teardown: 'teardown',
};

/** One target and what came of it. */
export interface Verdict {
  readonly what: string;
  readonly is: number;
  readonly atMost: number;
}

export const isMet = ({ is, atMost }: Verdict): boolean => is <= atMost;

/** Every target that these figures can be held to. */
export function verdicts(sizes: readonly Size[]): Verdict[] {
  const first = sizes.find(({ more }) => more === 0);
  const many = sizes.find(({ more }) => more === MANY);
  return [...(first ? firstVerdicts(first) : []), ...(first && many ? moreVerdicts(first, many) : [])];
}

/** At most so many times as long as AWS itself takes. */
const LIMIT = 1.05;

export const limitVerdicts = (works: LimitRun['works']): Verdict[] =>
  works.map(({ work, seconds, limit }) => ({
    what: `${work}: time, relative to the limit`,
    is: seconds / limit,
    atMost: LIMIT,
  }));

/** Seconds of Slipway's own. */
const OWN = { provision: 0.6, help: 0.25 };

export const ownVerdicts = ({ provision, help }: OwnTime): Verdict[] => [
  { what: 'no-op provision: seconds outside of calls', is: provision.median, atMost: OWN.provision },
  { what: '--help: seconds', is: help.median, atMost: OWN.help },
];

function firstVerdicts(size: Size): Verdict[] {
  const { slipway, terraform } = size;
  const peaks = [peakOf(slipway), terraform && peakOf(terraform)] as const;
  return [
    ...(Object.keys(FIRST) as Workload[]).flatMap((work) => [
      ...timeVerdict(size, work, FIRST[work].ratio, WORKLOAD_NAMES[work]),
      { what: `${WORKLOAD_NAMES[work]}: calls`, is: slipway[work].calls.median, atMost: FIRST[work].calls },
    ]),
    ...(peaks[0] !== undefined && peaks[1] !== undefined
      ? [{ what: "peak memory, relative to Terraform's", is: peaks[0] / peaks[1], atMost: MEMORY }]
      : []),
  ];
}

function moreVerdicts(first: Size, size: Size): Verdict[] {
  return (Object.keys(MORE) as Workload[]).flatMap((work) => {
    const target = MORE[work];
    if (!target) return [];
    const what = `${WORKLOAD_NAMES[work]}, ${size.more} more services`;
    const each =
      (size.slipway[work].calls.median - first.slipway[work].calls.median) / (size.more - first.more);
    return [
      ...timeVerdict(size, work, target.ratio, what),
      { what: `${what}: calls per service`, is: each, atMost: target.calls },
    ];
  });
}

function timeVerdict({ slipway, terraform }: Size, work: Workload, atMost: number, what: string): Verdict[] {
  if (!terraform) return [];
  const is = slipway[work].seconds.median / terraform[work].seconds.median;
  return [{ what: `${what}: time, relative to Terraform's`, is, atMost }];
}
