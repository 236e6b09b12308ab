/** Reads command lines that need no shell, and quotes words for a shell. Pure. */

/** A command that a process can start without a shell. */
export interface SimpleCommand {
  /** The variables that it sets: `NODE_ENV=production node server.js`. */
  readonly environment: Readonly<Record<string, string>>;
  /** The program and its arguments. */
  readonly words: readonly string[];
}

/** One word: plain characters that mean nothing to a shell, and quoted parts without variables. */
const WORD = /(?:[^\s"'\\$`|&;<>()*?[\]#~!{}]|"[^"$`\\]*"|'[^']*')+/y;
const ASSIGNMENT = /^([A-Za-z_]\w*)=([^]*)$/;

/** Splits a command line into words. Returns undefined if it needs a shell: for operators, variables, patterns and escapes. */
export function simpleCommand(line: string): SimpleCommand | undefined {
  const words: string[] = [];
  let index = 0;
  for (;;) {
    while (/\s/.test(line[index] ?? '')) index += 1;
    if (index >= line.length) break;
    WORD.lastIndex = index;
    const [word] = WORD.exec(line) ?? [];
    if (word === undefined) return undefined;
    words.push(
      word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
    );
    index += word.length;
  }
  return withAssignments(words);
}

/** Separates the assignments before a command from the command. */
export function withAssignments(words: readonly string[]): SimpleCommand {
  const end = words.findIndex((word) => !ASSIGNMENT.test(word));
  const count = end === -1 ? words.length : end;
  const assignments = words.slice(0, count).map((word) => ASSIGNMENT.exec(word)?.slice(1) ?? []);
  return {
    environment: Object.fromEntries(assignments.map(([name = '', value = '']) => [name, value])),
    words: words.slice(count),
  };
}

/** Splits a command line at each `&&` outside quotes. */
export function commandsIn(line: string): string[] {
  const commands = [''];
  for (const [token] of line.matchAll(/"(?:\\[^]|[^"\\])*"|'[^']*'|&&|[^]/g))
    if (token === '&&') commands.push('');
    else commands.push((commands.pop() ?? '') + token);
  return commands.map((command) => command.trim());
}

/** Quotes words so that a shell takes them literally. */
export const quoted = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
