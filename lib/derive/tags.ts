/** The tags that make a thing ours: which stack it belongs to, and what it is in it. */
import type { DesiredFields } from '../model/change.ts';
import type { Config } from '../config/config.ts';
import type { Names } from './names.ts';
import type { Noun } from '../model/architecture.ts';
import { addressOf } from '../model/resources.ts';

export const STACK_TAG = 'slipway:stack';
export const NOUN_TAG = 'slipway:step';
export const KEY_TAG = 'slipway:key';

/** Tags as a plain record, whatever a service calls their parts. */
export type Tags = Readonly<Record<string, string>>;

/** The tags of one thing: its address, a name for the console, and the user's own. */
export const tagsOf = (config: Pick<Config, 'tags'>, stack: string, step: Noun, key: string): Tags => ({
  ...config.tags,
  Name: `${stack}-${addressOf(step, key)}`,
  [STACK_TAG]: stack,
  [NOUN_TAG]: step,
  [KEY_TAG]: key,
});

/** Lists the tags of ours that a thing does not really have. No tag of AWS's can have such a key. */
const MISSING = '\0missing';

/**
 * The tags of a thing that is to be taken for ours though they do not say so, or not all of it. Which of them it does
 * not have is kept: so a plan sees that it has to be tagged.
 */
export function withOurTags(tags: Tags, stack: string, step: Noun, key: string): Tags {
  const ours = { [STACK_TAG]: stack, [NOUN_TAG]: step, [KEY_TAG]: key };
  const missing = Object.entries(ours).flatMap(([name, value]) => (tags[name] === value ? [] : [name]));
  return { ...tags, ...ours, ...(missing.length > 0 && { [MISSING]: missing.join() }) };
}

/** Whether a thing was taken for ours without one tag that says so. */
export const isAssumedOurs = (tags: Tags): boolean => missingOf(tags).includes(STACK_TAG);

const missingOf = ({ [MISSING]: missing = '' }: Tags): string[] => missing.split(',');

/** As EC2, ELBv2, ECR, IAM and Route 53 write tags. */
export const toPascalCaseTags = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** As ECS writes tags. */
export const toCamelCaseTags = (tags: Tags): { key: string; value: string }[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Reads either spelling. */
export function readTags(
  tags: readonly { Key?: string; Value?: string; key?: string; value?: string }[] | undefined,
): Tags {
  return Object.fromEntries(
    (tags ?? []).map((tag) => [tag.Key ?? tag.key ?? '', tag.Value ?? tag.value ?? '']),
  );
}

/** The field of a tag in a comparison. */
export type TagField = `tag.${string}`;

/** Tags as fields of a comparison. */
export const tagFields = (tags: Tags): Readonly<Record<TagField, string>> => {
  const missing = [MISSING, ...missingOf(tags)];
  const had = Object.entries(tags).filter(([key]) => !missing.includes(key));
  return Object.fromEntries(had.map(([key, value]) => [`tag.${key}`, value]));
};

/** What is known of the tags that a stack should have. */
export interface DesiredTagContext {
  readonly config: Pick<Config, 'tags'>;
  readonly names: Pick<Names, 'stack'>;
  /** Keys of tags that earlier provisions gave and the configuration no longer has. */
  readonly formerTags?: readonly string[] | undefined;
}

/** What the tags of a thing should be, as fields: ours, and none of those that were ours. Tags of others do not matter. */
export const desiredTags = (
  { config, names, formerTags = [] }: DesiredTagContext,
  step: Noun,
  key: string,
): DesiredFields<TagField> => ({
  ...Object.fromEntries(formerTags.map((former) => [`tag.${former}`, undefined])),
  ...tagFields(tagsOf(config, names.stack, step, key)),
});
