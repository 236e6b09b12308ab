/** Asks the user at the terminal for confirmation. */
import { createInterface } from 'node:readline/promises';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { printable } from '../model/printable.ts';

/**
 * Asks a question on stderr.
 * @returns the answer, trimmed; undefined when the input ends without one (Ctrl-D)
 * @throws the signal's reason when it is aborted
 */
export async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // While readline asks, it intercepts Ctrl-C. This handler sends the signal that Ctrl-C would otherwise send.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const inputEnd = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([
      terminal.question(printable(question), { signal }).then((text) => text.trim()),
      inputEnd,
    ]);
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  } finally {
    terminal.close();
  }
}

/** What the problem of a missing terminal depends on. */
interface Unconfirmed {
  /** Whether the command can show its plan. */
  readonly hasPlan?: boolean;
  /** Whether the change would stop requests from being served. */
  readonly stopsServing?: boolean;
}

/**
 * The problem of a run that needs confirmation and has no terminal to ask on.
 * @param command the command with its arguments, e.g. `scale -- web 0`
 */
export const noTerminal = (command: string, { hasPlan = true, stopsServing = false }: Unconfirmed = {}) => {
  const line = command.includes(' -- ') ? `npm run ${command}` : `npm run ${command} --`;
  return problem('CONFIRMATION', {
    what: 'Confirmation is required, but there is no terminal to ask on.',
    why: stopsServing
      ? 'After this change, no task serves requests.'
      : 'On the target aws, nothing is changed without confirmation.',
    now: NOTHING_CHANGED,
    fix: [...(hasPlan ? [`${line} --plan, to see what would change`] : []), `${line} --yes`],
  });
};
