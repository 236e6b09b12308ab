/** Asks the person at the terminal. */
import { createInterface } from 'node:readline/promises';
import { NOTHING_TOUCHED, problem } from '../problem.ts';

/**
 * Asks a question on stderr and returns the answer, trimmed; an empty one at the end of the input.
 * @throws what the signal says, when it says to stop
 */
export async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question, { signal })).trim();
  } finally {
    terminal.close();
  }
}

/** Nobody is there to be asked. */
export const cannotAsk = (command: string) =>
  problem('CONFIRMATION', {
    what: 'This wants a confirmation, and there is no terminal to ask on.',
    why: 'On the aws target nothing is changed without a yes.',
    now: NOTHING_TOUCHED,
    fix: [`npm run ${command} -- --plan, to see what would be done`, `npm run ${command} -- --yes`],
  });
