/** The result of `exec` as data. */
import type { StackInfo } from './results.ts';

/** A command that has run in a container. */
export type ExecResult = StackInfo & {
  readonly service: string;
  readonly container: string;
  /** The id of the task. */
  readonly task: string;
  /** The exit code of the command. */
  readonly exitCode: number;
  /** What the command has printed: standard output and standard error, as one string. */
  readonly output: string;
  /** How the bytes of the output became a string: `base64` if they are not UTF-8. */
  readonly encoding: 'utf8' | 'base64';
};
