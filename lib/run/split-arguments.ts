/** Separates the arguments of a command from the words after the first `--`, which belong to another program. Pure. */

/** Returns the arguments before the first `--`, and the words after it. */
export function splitArguments(args: readonly string[]): {
  readonly own: readonly string[];
  readonly words: readonly string[];
} {
  const end = args.indexOf('--');
  return end < 0 ? { own: args, words: [] } : { own: args.slice(0, end), words: args.slice(end + 1) };
}
