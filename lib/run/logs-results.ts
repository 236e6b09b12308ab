/** The results of `logs` as data. */
import type { StackInfo } from './results.ts';

/** A line that a container has printed. */
export type LogLine = {
  /** In ISO 8601. */
  readonly at: string;
  readonly service: string;
  readonly container: string;
  /** The id of the task. */
  readonly task: string;
  /** What the container has printed, without secrets. */
  readonly message: string;
};

/** The lines of a log, the oldest first. */
export type LogsResult = StackInfo & {
  readonly lines: readonly LogLine[];
  /** The number of older lines that were found, but are left out because there are too many. */
  readonly omitted: number;
};
