/** Drift: describes how the resources differ from the configuration. `npm run drift` changes nothing. */
import type { Config } from '../lib/config/config.ts';
import { shortHash } from '../lib/derive/names.ts';
import { STACK_TAG } from '../lib/derive/tags.ts';
import { itemsOf, type Survey } from '../lib/look/found.ts';
import { nouns } from '../lib/model/architecture.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import type { CommandResult } from '../lib/run/main.ts';
import { fieldText, planJson } from '../lib/run/plan-text.ts';
import type { Plan } from './plan.ts';

/** A short hash that identifies a configuration. */
export const fingerprint = (config: Config): string => shortHash(16, JSON.stringify(config));

/**
 * Returns the result of `npm run drift`.
 * @param before the fingerprint of the configuration at the last provision, if it is known
 * @param now the fingerprint of the current configuration
 * @param repair the command that repairs drift, as a user types it for this stack
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
    ...(stackExists(found, about.stack) ? driftText(changes) : [`${about.stack} does not exist.`]),
    ...(isChanged
      ? ['slipway.config.ts has changed since the last provision, so the differences include that change.']
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

/** Whether any resource of the stack exists. The account's hosted zone and service-linked role do not count. */
const stackExists = (found: Survey, stack: string): boolean =>
  nouns.some((noun) => [...itemsOf(found, noun).values()].some(({ tags }) => tags[STACK_TAG] === stack));

/** One line per difference. Pure. */
export function driftText(changes: readonly Change[]): string[] {
  return changes.flatMap((change) => {
    const address = changeAddress(change);
    if (change.verb === 'create') return [`  ${address} does not exist`];
    if (change.verb === 'remove') return [`  ${address} exists, but ${change.reason}`];
    return change.fields.map((field) => `  ${address}: ${fieldText(field, ' is ', ', not ')}`);
  });
}
