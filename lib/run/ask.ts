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

/** The problem of a run that needs confirmation and has no terminal to ask on. */
export const noTerminal = (command: string) =>
  problem('CONFIRMATION', {
    what: 'Confirmation is required, but there is no terminal to ask on.',
    why: 'On the target aws, nothing is changed without confirmation.',
    now: NOTHING_CHANGED,
    fix: [`npm run ${command} -- --plan, to see what would change`, `npm run ${command} -- --yes`],
  });
