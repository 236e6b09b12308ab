/** Separates the arguments of a command from those of another program, after the first `--`. Pure. */

/** Separates the arguments of a command from the words after the first `--`, which belong to another program. */
export function splitArguments(args: readonly string[]): {
  readonly own: readonly string[];
  readonly words: readonly string[];
} {
  const end = args.indexOf('--');
  return end < 0 ? { own: args, words: [] } : { own: args.slice(0, end), words: args.slice(end + 1) };
}
