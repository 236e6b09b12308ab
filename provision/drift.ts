/** Drift: what is not as the configuration says, in words. `npm run drift` changes nothing. */
import { changeAddress, type Change } from '../lib/model/change.ts';
import type { Config } from '../lib/config/config.ts';
import type { Survey } from '../lib/look/found.ts';
import { shortHash } from '../lib/derive/names.ts';
import type { CommandResult } from '../lib/run/main.ts';
import { fieldText, planJson } from '../lib/run/plan-text.ts';
import { STACK_TAG, type Tags } from '../lib/derive/tags.ts';
import type { Plan } from './plan.ts';

/** What tells one configuration from another. */
export const fingerprint = (config: Config): string => shortHash(16, JSON.stringify(config));

/**
 * What `npm run drift` prints.
 * @param before the fingerprint of what was provisioned last, if that is known
 * @param now that of the configuration
 * @param repair the command that mends it, as it is typed for this stack
 */
export function driftResult(
  { changes, kept, found }: Plan,
  about: { readonly stack: string },
  before: string | undefined,
  now: string,
  repair: string,
): CommandResult {
  const isChanged = before !== undefined && before !== now;
  const text = [
    ...(isThere(found, about.stack) ? driftText(changes) : [`Nothing of ${about.stack} is there.`]),
    ...(isChanged
      ? ['slipway.config.ts has changed since the last provision: what it asks for counts as well.']
      : []),
    changes.length === 0
      ? `No drift: ${kept.length} are as configured.`
      : `Drift: ${changes.length} of ${kept.length + changes.length} are not as configured. ${repair} repairs it.`,
  ];
  return {
    exitCode: changes.length === 0 ? 0 : 2,
    text: text.join('\n'),
    json: { ...about, configurationChanged: isChanged, drift: planJson(changes, kept) },
  };
}

/** Whether anything of the stack is there; a zone and a role of the account are nobody's drift. */
const isThere = (found: Survey, stack: string): boolean =>
  Object.values(found)
    .flatMap((items: unknown) =>
      items instanceof Map ? [...(items as Map<string, { tags: Tags }>).values()] : [],
    )
    .some(({ tags }) => tags[STACK_TAG] === stack);

/** One line a difference. Pure. */
export function driftText(changes: readonly Change[]): string[] {
  return changes.flatMap((change) => {
    const address = changeAddress(change);
    if (change.verb === 'create') return [`  ${address} is not there`];
    if (change.verb === 'remove') return [`  ${address} is there, and ${change.reason}`];
    return change.fields.map((field) => `  ${address}: ${fieldText(field, ' is ', ', not ')}`);
  });
}
