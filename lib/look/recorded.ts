/** What a query does not show yet: things made moments ago whose ids the state remembers are asked for by id. */
import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { declarationOf, type Noun } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import {
  withOurTags,
  isAssumedOurs,
  KEY_TAG,
  readTags,
  STACK_TAG,
  NOUN_TAG,
  toPascalCaseTags,
  type Tags,
} from '../derive/tags.ts';
import { ifValidId } from './if-found.ts';
import { stackTagFilter, type RecordedIds, type LookContext } from './context.ts';

/** The ids that the state remembers of a noun, by key. */
export const recordedResources = (
  { recorded }: Pick<LookContext, 'recorded'>,
  noun: Noun,
): Items<RecordedIds> => recorded?.(noun) ?? new Map<string, RecordedIds>();

/** The telling id of each thing of a noun that the state remembers. */
export const recordedIds = (context: Pick<LookContext, 'recorded'>, noun: Noun): string[] =>
  [...recordedResources(context, noun).values()].flatMap((ids) => Object.values(ids).slice(0, 1));

/**
 * Adds what the state remembers to what a query showed. It costs a call for each id that the query did not show, and
 * none when it showed them all.
 * @param byId asks for one thing; «not found» says that it is gone, «malformed» that it never was
 */
export async function addRecorded<T>(
  context: LookContext,
  nouns: readonly Noun[],
  shown: readonly T[],
  idOf: (thing: T) => string | undefined,
  byId: (id: string) => Promise<readonly T[]>,
): Promise<T[]> {
  const seen = new Set(shown.map(idOf));
  const unseen = nouns
    .flatMap((noun) => recordedIds(context, noun))
    .filter((id) => id !== '' && !seen.has(id));
  const asked = await Promise.all(unseen.map((id) => ifValidId(() => byId(id))));
  return [...shown, ...asked.flatMap((things) => things ?? [])];
}

/**
 * Asks about the one thing of a noun by the id that the state remembers, while its id is still looked for: what that
 * says counts when it is the same. One round trip less, and nothing is believed that AWS has not said.
 * @param find the id as AWS shows it; undefined when the thing is not there
 */
export async function fetchSpeculatively<T>(
  context: Pick<LookContext, 'recorded'>,
  noun: Noun,
  find: () => Promise<string | undefined>,
  ask: (id: string) => Promise<T>,
): Promise<T | undefined> {
  const [guess] = recordedIds(context, noun);
  const ahead = guess === undefined ? undefined : ask(guess);
  // An answer that nobody needs may be a refusal.
  ahead?.catch(() => undefined);
  const id = await find();
  if (id === undefined) return undefined;
  return id === guess ? ahead : ask(id);
}

/** Whether a thing without our tags is one that the state remembers: then it has lost them. */
export const isRecordedWithoutTags = (context: LookContext, noun: Noun, tags: Tags, id = ''): boolean =>
  tags[STACK_TAG] === undefined && recordedIds(context, noun).includes(id);

/**
 * Things that lost their tags and are known by their ids: ours, as the state remembers them. What has the tags of
 * another stack is not.
 */
export function restoreLostTags<T extends { readonly tags: Tags }>(
  context: LookContext,
  noun: Noun,
  items: Items<T>,
): Items<T> {
  // A name alone may belong to someone else by now, and the account's own hosted zone is recorded as well.
  if (!declarationOf(noun).uniqueId) return items;
  const ids = new Set(recordedIds(context, noun));
  const isLost = (item: T) =>
    item.tags[STACK_TAG] === undefined &&
    Object.values(item).some((id) => typeof id === 'string' && ids.has(id));
  return new Map(
    [...items].map(([key, item]) => [
      key,
      isLost(item) ? { ...item, tags: withOurTags(item.tags, context.names.stack, noun, key) } : item,
    ]),
  );
}

/** Which things a describe is to show. */
export interface Selection {
  readonly Filters?: Filter[];
  readonly ids?: string[];
}

/**
 * Our things of an EC2 kind: those with our tag, and those that the state remembers and whose tag no filter sees yet.
 * @param nouns whose things they are
 * @param id the field of the id that tells them apart
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export async function describeOurs<
  I extends string,
  T extends { readonly Tags?: Tag[] } & Readonly<Partial<Record<I, string>>>,
>(
  context: LookContext,
  nouns: readonly Noun[],
  id: I,
  describe: (which: Selection) => Promise<readonly T[]>,
): Promise<T[]> {
  const { stack } = context.names;
  /** One without all of our tags has lost them: the state knows it by an id that AWS gives only once. */
  const whole = (thing: T): T => {
    const tags = readTags(thing.Tags);
    if (STACK_TAG in tags && NOUN_TAG in tags && KEY_TAG in tags) return thing;
    const [noun, key] = nounOf(context, nouns, thing[id] ?? '');
    const step = (tags[NOUN_TAG] as Noun | undefined) ?? noun;
    return { ...thing, Tags: toPascalCaseTags(withOurTags(tags, stack, step, tags[KEY_TAG] ?? key)) };
  };
  const isOurs = ({ Tags }: T): boolean => [stack, undefined].includes(readTags(Tags)[STACK_TAG]);
  const things = await addRecorded(
    context,
    nouns,
    (await describe({ Filters: stackTagFilter(context) })).map(whole),
    (thing) => thing[id],
    async (one) => (await describe({ ids: [one] })).filter(isOurs).map(whole),
  );
  return withoutSupersededIds(things);
}

/** What has no tag of ours is in nobody's place: where there is one of ours for it, the state remembers a stranger. */
function withoutSupersededIds<T extends { readonly Tags?: Tag[] }>(things: readonly T[]): T[] {
  const placeOf = (tags: Tags) => `${tags[NOUN_TAG]} ${tags[KEY_TAG]}`;
  const all = things.map((thing) => ({ thing, tags: readTags(thing.Tags) }));
  const taken = new Set(all.filter(({ tags }) => !isAssumedOurs(tags)).map(({ tags }) => placeOf(tags)));
  return all.flatMap(({ thing, tags }) => (isAssumedOurs(tags) && taken.has(placeOf(tags)) ? [] : [thing]));
}

/** What the state remembers an id as. */
function nounOf(context: LookContext, nouns: readonly Noun[], id: string): readonly [Noun, string] {
  const remembered = nouns.flatMap((noun) =>
    [...recordedResources(context, noun)].map(([key, ids]) => [noun, key, Object.values(ids)[0]] as const),
  );
  const [noun, key] = remembered.find(([, , other]) => other === id) ?? [nouns[0] as Noun, ''];
  return [noun, key];
}
