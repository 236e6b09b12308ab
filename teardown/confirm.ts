/** Asks for the name of what is about to be removed. */
import { ask, cannotAsk } from '../lib/run/ask.ts';
import type { CommandContext } from '../lib/run/main.ts';

/** Whether the removal of `stack` is wanted: said by flag, or typed by name. */
export async function confirmed(
  { options, interactive, signal }: CommandContext,
  stack: string,
): Promise<boolean> {
  if (options.yes || (!interactive && options.target === 'sandbox')) return true;
  if (!interactive) throw cannotAsk('teardown');
  return (await ask(`This removes everything of ${stack}. Type its name to go on: `, signal)) === stack;
}
