/** Computes figures from rounds: medians and ranges, calls by operation, peak memory. Pure. */
import { WORKLOADS, type Measurement, type Round, type Workload } from './contender.ts';
import type { AwsCall } from './aws-call.ts';

/** A median and a range. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Returns the median and the range of values. @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const valueAt = (index: number) => sorted[index] ?? Number.NaN;
  const middle = Math.floor(sorted.length / 2);
  return {
    median: sorted.length % 2 === 0 ? (valueAt(middle - 1) + valueAt(middle)) / 2 : valueAt(middle),
    min: valueAt(0),
    max: valueAt(sorted.length - 1),
  };
}

/** The number of calls of each operation. The keys are sorted and have the form `service.Operation`. */
export type CallCounts = Readonly<Record<string, number>>;

/** Counts the calls of each operation. */
export function countCalls(calls: readonly AwsCall[]): CallCounts {
  const callCounts = new Map<string, number>();
  for (const { service, operation } of calls) {
    const operationName = `${service}.${operation}`;
    callCounts.set(operationName, (callCounts.get(operationName) ?? 0) + 1);
  }
  return Object.fromEntries([...callCounts].sort(([a], [b]) => a.localeCompare(b, 'en')));
}

/** The figures of one workload of one contender over all rounds. */
export interface WorkloadFigures {
  readonly seconds: Spread;
  readonly calls: Spread;
  /** Undefined where memory cannot be measured. */
  readonly megabytes: Spread | undefined;
  /** The calls of the round with the median number of calls. */
  readonly callCounts: CallCounts;
}
export type Figures = Readonly<Record<Workload, WorkloadFigures>>;

/** Computes the figures of all workloads. @param rounds at least one */
export const figuresOf = (rounds: readonly Round[]): Figures =>
  Object.fromEntries(
    WORKLOADS.map((workload) => [workload, workloadFiguresOf(rounds.map((round) => round[workload]))]),
  ) as Record<Workload, WorkloadFigures>;

function workloadFiguresOf(measured: readonly Measurement[]): WorkloadFigures {
  const megabytes = measured.flatMap((measurement) => measurement.megabytes ?? []);
  const sortedByCalls = [...measured].sort((a, b) => a.calls.length - b.calls.length);
  return {
    seconds: spreadOf(measured.map(({ seconds }) => seconds)),
    calls: spreadOf(measured.map(({ calls }) => calls.length)),
    megabytes: megabytes.length === 0 ? undefined : spreadOf(megabytes),
    callCounts: countCalls(sortedByCalls[Math.floor(measured.length / 2)]?.calls ?? []),
  };
}

/** Returns a contender's peak memory in megabytes: the maximum of the medians of all workloads. */
export const peakOf = (figures: Figures): number | undefined => {
  const peaks = WORKLOADS.flatMap((workload) => figures[workload].megabytes?.median ?? []);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
};
