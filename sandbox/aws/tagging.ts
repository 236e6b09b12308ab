/** Tags of resources: upserts and removals, in the notation of each service and with its limits and refusals. */
import type { Region } from '../world/region.ts';

/** The notation in which a service represents a tag. */
interface Notation<Given, Tag extends Given> {
  read(tag: Given): { key: string; value: string };
  write(key: string, value: string): Tag;
}

/** `{ Key, Value }`, the notation of most services. */
export const CAPITALISED: Notation<{ Key?: string; Value?: string }, { Key: string; Value: string }> = {
  read: ({ Key = '', Value = '' }) => ({ key: Key, value: Value }),
  write: (Key, Value) => ({ Key, Value }),
};

/** `{ key, value }`, the notation of ECS. */
export const LOWER_CASE: Notation<{ key?: string; value?: string }, { key: string; value: string }> = {
  read: ({ key = '', value = '' }) => ({ key, value }),
  write: (key, value) => ({ key, value }),
};

type Entry = [key: string, value: string];
/** `[key, value]`, an entry of a record. CloudWatch Logs represents all tags of a resource as one record. */
export const ENTRY: Notation<Entry, Entry> = {
  read: ([key, value]) => ({ key, value }),
  write: (key, value) => [key, value],
};

/** The rules of a service: the notation of its tags, the check of a tag, and the refusals. */
export interface TagRules<Given, Tag extends Given> {
  readonly notation: Notation<Given, Tag>;
  /** @throws the refusal of a key or a value that the service does not allow */
  check(key: string, value: string): void;
  /** Returns the refusal of a call that names a key twice. A service without this refusal keeps the last value. */
  duplicate?(key: string): Error;
  /** Returns the refusal of a call after which a resource would have more than `max` tags. */
  tooMany(max: number): Error;
  /** Whether keys that differ only in case are the same key. */
  readonly ignoresCase?: boolean;
}

/** The tag operations of a service. */
export interface Tagging<Given, Tag extends Given> {
  /**
   * Returns the tags after an upsert.
   * @throws the service's refusals of a key, a value, or too many tags
   */
  readonly merged: (existing: readonly Given[] | undefined, added: readonly Given[] | undefined) => Tag[];
  /** Returns the tags without the given keys. An unknown key is not an error. */
  readonly without: <T extends Given>(
    existing: readonly T[] | undefined,
    keys: readonly string[] | undefined,
  ) => T[];
}

/** The maximum number of tags of a resource, in every service. */
const MAX_TAGS = 50;

/** Makes the tag operations of a service from its rules. */
export function tagging<Given, Tag extends Given>(rules: TagRules<Given, Tag>): Tagging<Given, Tag> {
  const { notation, ignoresCase } = rules;
  const foldCase = (key: string): string => (ignoresCase ? key.toLowerCase() : key);
  const keyOf = (tag: Given): string => foldCase(notation.read(tag).key);
  return {
    merged(existing = [], added = []) {
      const tags = new Map<string, Tag>();
      const put = (key: string, value: string) => tags.set(foldCase(key), notation.write(key, value));
      for (const { key, value } of existing.map((tag) => notation.read(tag))) put(key, value);
      const seen = new Set<string>();
      for (const tag of added) {
        const { key, value } = notation.read(tag);
        if (rules.duplicate && seen.has(foldCase(key))) throw rules.duplicate(key);
        seen.add(foldCase(key));
        rules.check(key, value);
        put(key, value);
      }
      if (tags.size > MAX_TAGS) throw rules.tooMany(MAX_TAGS);
      return [...tags.values()];
    },
    without(existing = [], keys = []) {
      const removed = new Set(keys.map(foldCase));
      return existing.filter((tag) => !removed.has(keyOf(tag)));
    },
  };
}

/**
 * Makes tag operations that name the resource by its ARN, for ECR and ECS.
 * @param taggedRow returns the resource with the given ARN; throws the service's refusal if there is no such resource
 */
export const tagOperationsByArn = <Given, Tag extends Given>(
  { merged, without }: Tagging<Given, Tag>,
  taggedRow: (region: Region, arn: string | undefined) => { tags?: Tag[] },
) => ({
  TagResource: {
    inputMembers: ['resourceArn', 'tags'] as const,
    run(input: { readonly resourceArn?: string; readonly tags?: readonly Given[] }, region: Region) {
      const row = taggedRow(region, input.resourceArn);
      row.tags = merged(row.tags, input.tags);
      return {};
    },
  },
  UntagResource: {
    inputMembers: ['resourceArn', 'tagKeys'] as const,
    run(input: { readonly resourceArn?: string; readonly tagKeys?: readonly string[] }, region: Region) {
      const row = taggedRow(region, input.resourceArn);
      row.tags = without(row.tags, input.tagKeys);
      return {};
    },
  },
  ListTagsForResource: {
    inputMembers: ['resourceArn'] as const,
    run: (input: { readonly resourceArn?: string }, region: Region) => ({
      tags: taggedRow(region, input.resourceArn).tags ?? [],
    }),
  },
});
