/** Computes figures from rounds: medians and ranges, calls by kind, peak memory. Pure. */
import { WORKLOADS, type Measured, type Round, type Workload } from './contender.ts';
import type { AwsCall } from './aws-call.ts';

/** A median and a range. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Returns the median and the range of values. @param values at least one */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const half = Math.floor(sorted.length / 2);
  return {
    median: sorted.length % 2 === 0 ? (at(half - 1) + at(half)) / 2 : at(half),
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/** The number of calls by `service.Operation`, sorted. */
export type Kinds = Readonly<Record<string, number>>;

/** Counts calls by `service.Operation`. */
export function kindsOf(calls: readonly AwsCall[]): Kinds {
  const kinds = new Map<string, number>();
  for (const { service, operation } of calls) {
    const kind = `${service}.${operation}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return Object.fromEntries([...kinds].sort(([a], [b]) => a.localeCompare(b, 'en')));
}

/** The figures of one workload of one contender over all rounds. */
export interface Figure {
  readonly seconds: Spread;
  readonly calls: Spread;
  /** Undefined where memory cannot be measured. */
  readonly megabytes: Spread | undefined;
  /** The calls of the round with the median number of calls. */
  readonly kinds: Kinds;
}
export type Figures = Readonly<Record<Workload, Figure>>;

/** Computes the figures of all workloads. @param rounds at least one */
export const figuresOf = (rounds: readonly Round[]): Figures =>
  Object.fromEntries(WORKLOADS.map((work) => [work, figureOf(rounds.map((one) => one[work]))])) as Record<
    Workload,
    Figure
  >;

function figureOf(measured: readonly Measured[]): Figure {
  const megabytes = measured.flatMap((one) => one.megabytes ?? []);
  const byCalls = [...measured].sort((a, b) => a.calls.length - b.calls.length);
  return {
    seconds: spread(measured.map(({ seconds }) => seconds)),
    calls: spread(measured.map(({ calls }) => calls.length)),
    megabytes: megabytes.length === 0 ? undefined : spread(megabytes),
    kinds: kindsOf(byCalls[Math.floor(measured.length / 2)]?.calls ?? []),
  };
}

/** Returns the peak memory of a contender in megabytes: the largest median of its workloads. */
export const peakOf = (figures: Figures): number | undefined => {
  const peaks = WORKLOADS.flatMap((work) => figures[work].megabytes?.median ?? []);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
};
