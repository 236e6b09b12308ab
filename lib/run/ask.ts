/** Asks the person at the terminal. */
import { createInterface } from 'node:readline/promises';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';

/**
 * Asks a question on stderr.
 * @returns the answer, trimmed; undefined when the input ends without one (Ctrl-D)
 * @throws what the signal says, when it says to stop
 */
export async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // While it asks, readline takes the terminal's Ctrl-C for itself: it is handed on as the signal that it is elsewhere.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([terminal.question(question, { signal }).then((text) => text.trim()), ended]);
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  } finally {
    terminal.close();
  }
}

/** Nobody is there to be asked. */
export const cannotAsk = (command: string) =>
  problem('CONFIRMATION', {
    what: 'This wants a confirmation, and there is no terminal to ask on.',
    why: 'On the aws target nothing is changed without a yes.',
    now: NOTHING_CHANGED,
    fix: [`npm run ${command} -- --plan, to see what would be done`, `npm run ${command} -- --yes`],
  });
