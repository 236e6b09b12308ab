/** Takes over things that have a name of ours and are not ours, because the user says so: `--adopt ADDRESS`. */
import { nouns } from '../lib/model/architecture.ts';
import type { Change } from '../lib/model/change.ts';
import type { Found, Survey } from '../lib/look/found.ts';
import { foreignOwner } from '../lib/look/context.ts';
import { NOTHING_TOUCHED, problem } from '../lib/model/problem.ts';
import { addressOf, type Items, type Noun } from '../lib/model/resources.ts';
import { withOurTags, type Tags } from '../lib/derive/tags.ts';

/**
 * The survey as if those things were ours. What is ours already stays so: the run that was to adopt it may have been
 * interrupted. Pure.
 * @param refused the changes of things that are not ours
 * @throws ARGUMENTS when nothing foreign is at an address
 */
export function takeOver(
  found: Survey,
  refused: readonly Change[],
  addresses: readonly string[],
  stack: string,
): Survey {
  const foreign = new Map(refused.map(({ noun: step, key }) => [addressOf(step, key), { step, key }]));
  const taken: Partial<Record<Noun, Items<Found[Noun]>>> = {};
  for (const address of addresses) {
    const one = foreign.get(address);
    if (!one && isOurs(found, address, stack)) continue;
    if (!one) throw nothingThere(address, [...foreign.keys()]);
    const items = new Map(taken[one.step] ?? (found[one.step] as Items<Found[Noun]>));
    const item = items.get(one.key) as Found[Noun] & { readonly tags: Tags };
    items.set(one.key, { ...item, tags: withOurTags(item.tags, stack, one.step, one.key) });
    taken[one.step] = items;
  }
  return { ...found, ...taken } as Survey;
}

const isOurs = (found: Survey, address: string, stack: string): boolean =>
  nouns.some((name) =>
    [...(found[name] as Items<{ readonly tags: Tags }>)].some(
      ([key, { tags }]) => addressOf(name, key) === address && foreignOwner(tags, stack) === undefined,
    ),
  );

/** Says of the changes of adopted things whose those were. */
export const withFormerOwners = (
  changes: readonly Change[],
  found: Survey,
  addresses: readonly string[],
  stack: string,
): Change[] =>
  changes.map((change) => {
    if (!addresses.includes(addressOf(change.noun, change.key))) return change;
    const items = found[change.noun] as Items<{ readonly tags: Tags; readonly createdAt?: Date }>;
    const { tags = {}, createdAt } = items.get(change.key) ?? {};
    const owner = foreignOwner(tags, stack, createdAt);
    return owner === undefined ? change : { ...change, reason: `taken over: ${owner}` };
  });

const nothingThere = (address: string, others: readonly string[]) =>
  problem('ARGUMENTS', {
    what: `There is nothing to adopt at ${address}.`,
    why:
      others.length === 0
        ? 'Everything that has a name of ours is ours, or is not there.'
        : `What is in the way is ${others.join(', ')}.`,
    now: NOTHING_TOUCHED,
    fix: ['npm run provision -- --plan, without --adopt: it names what is in the way, if anything is'],
  });
