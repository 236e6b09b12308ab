/** Limits how many files the processes of a container can have open. */

/** The limits of one container. */
export interface OpenFileLimits {
  readonly soft: number;
  readonly hard: number;
}

// Only root can raise the hard limit. Otherwise the limit of this machine remains, and the soft limit is cut to it.
const SCRIPT = [
  'ulimit -S -n "$1" 2>/dev/null',
  'ulimit -H -n "$2" 2>/dev/null',
  'ulimit -S -n "$1" 2>/dev/null || ulimit -S -n "$(ulimit -H -n)"',
  'shift 2',
  'exec "$@"',
].join('\n');

/** Wraps a program in a shell that sets the limits before the program starts. */
export const withOpenFiles = <Program extends { readonly file: string; readonly args: readonly string[] }>(
  program: Program,
  limits: OpenFileLimits | undefined,
): Program =>
  limits === undefined
    ? program
    : {
        ...program,
        file: '/bin/sh',
        args: ['-c', SCRIPT, 'sh', `${limits.soft}`, `${limits.hard}`, program.file, ...program.args],
      };
