/** Asks for confirmation: the user types the name of the stack that is about to be removed. */
import { ask, cannotAsk } from '../lib/run/ask.ts';
import type { CommandContext } from '../lib/run/main.ts';

/**
 * Resolves to whether the removal of `stack` is confirmed, by a flag or by its typed name. On the sandbox, scripts need no
 * confirmation.
 * @throws CONFIRMATION when it is required and there is no terminal
 */
export async function isRemovalConfirmed(
  { options, interactive, signal }: CommandContext,
  stack: string,
): Promise<boolean> {
  if (options.yes || (!interactive && options.target === 'sandbox')) return true;
  if (!interactive) throw cannotAsk('teardown');
  return (await ask(`This removes everything in ${stack}. Type its name to continue: `, signal)) === stack;
}
