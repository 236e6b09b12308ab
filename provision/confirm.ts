/** Asks the user to confirm the plan before anything is changed. */
import { ask, cannotAsk } from '../lib/run/ask.ts';
import type { CommandContext } from '../lib/run/main.ts';
import { countsText, planText } from '../lib/run/plan-text.ts';
import type { Plan } from './plan.ts';

/**
 * Resolves to whether the plan is confirmed, by a flag or an answer. On the sandbox, scripts need no confirmation; without
 * changes, there is nothing to confirm.
 * @throws CONFIRMATION when it is required and there is no terminal
 */
export async function isPlanConfirmed(
  { options, interactive, report, signal }: CommandContext,
  { changes, kept }: Plan,
): Promise<boolean> {
  if (changes.length === 0) return true;
  report({ type: 'phase', text: `plan: ${countsText(changes, kept.length)}` });
  if (options.yes || (!interactive && options.target === 'sandbox')) return true;
  if (!interactive) throw cannotAsk('provision');
  for (const text of planText(changes)) report({ type: 'note', text: text.slice(2) });
  const answer = await ask('Do this? [Y/n] ', signal);
  return answer !== undefined && /^(y|yes|)$/i.test(answer);
}
