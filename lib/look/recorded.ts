/** Finds recorded resources that a list does not show: resources that are not visible yet, and resources that lost their tags. */
import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { declarationOf, type Noun } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
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
import { allPages, type ListPage } from '../aws/pages.ts';
import { ifValidId } from './if-found.ts';
import { stackTagFilter, type RecordedIds, type LookContext } from './context.ts';

/** The recorded ids of a noun's resources, under their keys. */
export const recordedResources = (
  { recorded }: Pick<LookContext, 'recorded'>,
  noun: Noun,
): Items<RecordedIds> => recorded?.(noun) ?? new Map<string, RecordedIds>();

/** The identifying id of each recorded resource of a noun. */
export const recordedIds = (context: Pick<LookContext, 'recorded'>, noun: Noun): string[] =>
  [...recordedResources(context, noun).values()].flatMap((ids) => Object.values(ids).slice(0, 1));

/**
 * Adds the recorded resources that a list did not show. This costs one call per missing id, and no call when the list is
 * complete.
 * @param listed the resources in the list
 * @param fetchById fetches one resource by its id; "not found" and "malformed" both mean that it does not exist
 */
export async function addRecorded<T>(
  context: LookContext,
  nouns: readonly Noun[],
  listed: readonly T[],
  idOf: (resource: T) => string | undefined,
  fetchById: (id: string) => Promise<readonly T[]>,
): Promise<T[]> {
  const listedIds = new Set(listed.map(idOf));
  const missingIds = nouns
    .flatMap((noun) => recordedIds(context, noun))
    .filter((id) => id !== '' && !listedIds.has(id));
  const fetched = await Promise.all(missingIds.map((id) => ifValidId(() => fetchById(id))));
  return [...listed, ...fetched.flatMap((resources) => resources ?? [])];
}

/**
 * Fetches something about one resource of a noun. The call uses the recorded id while the actual id is still being looked
 * up; the response counts only if the ids are equal. This saves a round trip without trusting the state.
 * @param find looks up the actual id; undefined when the resource does not exist
 * @param fetch fetches by id
 * @param key the key of the resource; by default, that of a noun's only resource
 * @returns what `fetch` returned for the actual id; undefined when the resource does not exist
 */
export async function fetchSpeculatively<T>(
  context: Pick<LookContext, 'recorded'>,
  noun: Noun,
  find: () => Promise<string | undefined>,
  fetch: (id: string) => Promise<T>,
  key = ONLY,
): Promise<T | undefined> {
  const guess = Object.values(recordedResources(context, noun).get(key) ?? {})[0];
  const guessedResult = guess === undefined ? undefined : fetch(guess);
  // If the recorded id is wrong, this promise may reject without being awaited.
  guessedResult?.catch(() => undefined);
  const id = await find();
  if (id === undefined) return undefined;
  return id === guess ? guessedResult : fetch(id);
}

/** Whether a resource has no stack tag but is recorded, which means that it has lost its tags. */
export const isRecordedWithoutTags = (context: LookContext, noun: Noun, tags: Tags, id = ''): boolean =>
  tags[STACK_TAG] === undefined && recordedIds(context, noun).includes(id);

/**
 * Adds our tags to the found resources that have lost them, without a call. If AWS never reuses this kind of id, such a resource is
 * recognised by its recorded id. Resources with the tags of another stack are left as they are.
 */
export function restoreLostTags<T extends { readonly tags: Tags }>(
  context: LookContext,
  noun: Noun,
  items: Items<T>,
): Items<T> {
  // Recorded ids of other kinds prove nothing: a name may belong to someone else by now, and a recorded hosted zone may be one that the
  // account already had.
  if (!declarationOf(noun).uniqueId) return items;
  const ids = new Set(recordedIds(context, noun));
  const hasLostTags = (item: T) =>
    item.tags[STACK_TAG] === undefined &&
    Object.values(item).some((id) => typeof id === 'string' && ids.has(id));
  return new Map(
    [...items].map(([key, item]) => [
      key,
      hasLostTags(item) ? { ...item, tags: withOurTags(item.tags, context.names.stack, noun, key) } : item,
    ]),
  );
}

/** The resources that a describe call should return. */
interface Selection {
  readonly Filters?: Filter[];
  readonly ids?: string[];
}

/**
 * Finds our EC2 resources of one kind: resources with our stack tag, and recorded resources whose tags are lost or not visible
 * to filters yet.
 * @param nouns the nouns that the resources belong to
 * @param id the name of the id field
 * @param describe reads the page of the selected resources that begins at `NextToken`
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export async function describeOurs<
  I extends string,
  T extends { readonly Tags?: Tag[] } & Readonly<Partial<Record<I, string>>>,
>(
  context: LookContext,
  nouns: readonly Noun[],
  id: I,
  describe: (selection: Selection & { readonly NextToken: string | undefined }) => Promise<ListPage<T>>,
): Promise<T[]> {
  const { stack } = context.names;
  const describeAll = (selection: Selection) =>
    allPages((NextToken) => describe({ ...selection, NextToken }));
  /** Restores missing tags of a recorded resource: AWS never reuses its id, so the resource must have lost its tags. */
  const restored = (resource: T): T => {
    const tags = readTags(resource.Tags);
    if (STACK_TAG in tags && NOUN_TAG in tags && KEY_TAG in tags) return resource;
    const [recordedNoun, key] = recordedAddressOf(context, nouns, resource[id] ?? '');
    const noun = (tags[NOUN_TAG] as Noun | undefined) ?? recordedNoun;
    return { ...resource, Tags: toPascalCaseTags(withOurTags(tags, stack, noun, tags[KEY_TAG] ?? key)) };
  };
  const mayBeOurs = ({ Tags }: T): boolean => [stack, undefined].includes(readTags(Tags)[STACK_TAG]);
  const resources = await addRecorded(
    context,
    nouns,
    (await describeAll({ Filters: stackTagFilter(context) })).map(restored),
    (resource) => resource[id],
    async (missingId) => (await describeAll({ ids: [missingId] })).filter(mayBeOurs).map(restored),
  );
  return withoutSuperseded(resources);
}

/** Drops an untagged resource if a tagged one has the same noun and key: the recorded id of the untagged one is out of date. */
function withoutSuperseded<T extends { readonly Tags?: Tag[] }>(resources: readonly T[]): T[] {
  const nounAndKey = (tags: Tags) => `${tags[NOUN_TAG]} ${tags[KEY_TAG]}`;
  const all = resources.map((resource) => ({ resource, tags: readTags(resource.Tags) }));
  const taggedAddresses = new Set(
    all.filter(({ tags }) => !isAssumedOurs(tags)).map(({ tags }) => nounAndKey(tags)),
  );
  return all.flatMap(({ resource, tags }) =>
    isAssumedOurs(tags) && taggedAddresses.has(nounAndKey(tags)) ? [] : [resource],
  );
}

/** Returns the noun and the key under which an id is recorded. */
function recordedAddressOf(
  context: LookContext,
  nouns: readonly Noun[],
  id: string,
): readonly [Noun, string] {
  const recorded = nouns.flatMap((noun) =>
    [...recordedResources(context, noun)].map(([key, ids]) => [noun, key, Object.values(ids)[0]] as const),
  );
  const [noun, key] = recorded.find(([, , other]) => other === id) ?? [nouns[0] as Noun, ''];
  return [noun, key];
}
