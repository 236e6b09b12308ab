/** The result of `run` as data. */
import type { StackInfo } from './results.ts';

/** A one-off task whose command has ended. */
export type RunResult = StackInfo & {
  readonly service: string;
  readonly container: string;
  /** The id of the task. */
  readonly task: string;
  /** The exit code of the command. */
  readonly exitCode: number;
  /** Whether the task was stopped by someone or something other than the end of its command. */
  readonly stopped: boolean;
  /** The time from the call that started the task until the end of the command, in milliseconds. */
  readonly durationMs: number;
  /** What the container has printed, without secrets, the oldest line first. */
  readonly lines: readonly { readonly at: string; readonly message: string }[];
  /** The number of older lines, which are left out because there are too many. */
  readonly omitted: number;
};
