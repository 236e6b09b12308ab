/** Takes over resources that have our names but belong to someone else, because the user requests it with `--adopt ADDRESS`. */
import { foreignOwner } from '../lib/derive/ownership.ts';
import { withOurTags } from '../lib/derive/tags.ts';
import { itemsOf, type Found, type Survey } from '../lib/look/found.ts';
import { nouns, type Noun } from '../lib/model/architecture.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import { addressOf } from '../lib/model/resources.ts';

/**
 * Returns the survey as if the resources at these addresses were ours. A resource that is ours already is left unchanged, since
 * an earlier run with the same flag may have been interrupted. Pure.
 * @param refused the changes of resources that belong to someone else
 * @throws ARGUMENTS when there is no foreign resource at an address
 */
export function takeOver(
  found: Survey,
  refused: readonly Change[],
  addresses: readonly string[],
  stack: string,
): Survey {
  const foreign = new Map(refused.map((change) => [changeAddress(change), change]));
  return addresses.reduce((survey, address) => {
    const change = foreign.get(address);
    if (change) return withAdopted(survey, change.noun, change.key, stack);
    if (!isOurs(survey, address, stack)) throw nothingToAdopt(address, [...foreign.keys()]);
    return survey;
  }, found);
}

function withAdopted<N extends Noun>(found: Survey, noun: N, key: string, stack: string): Survey {
  const items = new Map(itemsOf(found, noun));
  const item: Found[Noun] | undefined = items.get(key);
  const tags = withOurTags(item?.tags ?? {}, stack, noun, key);
  items.set(key, { ...item, tags } as Found[N]);
  return { ...found, [noun]: items };
}

const isOurs = (found: Survey, address: string, stack: string): boolean =>
  nouns.some((noun) =>
    [...itemsOf(found, noun)].some(
      ([key, { tags }]) => addressOf(noun, key) === address && foreignOwner(tags, stack) === undefined,
    ),
  );

/** Replaces the reason for each change of an adopted resource with the former owner of the resource. */
export const withFormerOwners = (
  changes: readonly Change[],
  found: Survey,
  addresses: readonly string[],
  stack: string,
): Change[] =>
  changes.map((change) => {
    if (!addresses.includes(changeAddress(change))) return change;
    const item = itemsOf(found, change.noun).get(change.key);
    const createdAt = item && 'createdAt' in item ? item.createdAt : undefined;
    const owner = foreignOwner(item?.tags ?? {}, stack, createdAt);
    return owner === undefined ? change : { ...change, reason: `taken over: ${owner}` };
  });

const nothingToAdopt = (address: string, adoptable: readonly string[]) =>
  problem('ARGUMENTS', {
    what: `There is nothing to adopt at ${address}.`,
    why:
      adoptable.length === 0
        ? "No resource with this stack's names belongs to someone else."
        : `The resources that belong to someone else are ${adoptable.join(', ')}.`,
    now: NOTHING_CHANGED,
    fix: [
      'Run npm run provision -- --plan without --adopt: it lists the resources to adopt, if there are any.',
    ],
  });
