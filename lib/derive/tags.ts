/** The tags that mark a resource as ours: the stack and the project that it belongs to, its noun and its key. */
import type { DesiredFields } from '../model/change.ts';
import type { Config } from '../config/config.ts';
import type { Names } from './names.ts';
import type { Noun } from '../model/architecture.ts';
import { addressOf } from '../model/resources.ts';

export const STACK_TAG = 'slipway:stack';
export const PROJECT_TAG = 'slipway:project';
export const NOUN_TAG = 'slipway:step';
export const KEY_TAG = 'slipway:key';
/** The tag of a task definition that names the person or the program that registered it. */
export const BY_TAG = 'slipway:by';
/** The tag of a task definition that a rollback registered: the number of the revision that it restores. */
export const RESTORES_TAG = 'slipway:restores';
/** The tag of an older task definition that stays registered until the next deployment: the service may have to go back to it. */
export const LAST_GOOD_TAG = 'slipway:last-good';

/** The tag of a task definition for which the release commands of its service have succeeded: the time. */
export const RELEASED_TAG = 'slipway:released';
/** The tag of a one-off task: what started it, `run` or `release`. */
export const ONE_OFF_TAG = 'slipway:one-off';

/** The tag of a load balancer that names the web ACL with which the stack associated it. */
export const WEB_ACL_TAG = 'slipway:web-acl';

/** Tags as a plain record, independent of how a service spells them. */
export type Tags = Readonly<Record<string, string>>;

/** The settings of a stack that its tags depend on. */
type TagSettings = Pick<Config, 'tags'> & Partial<Pick<Config, 'project' | 'waf'>>;

/** Returns the desired tags of a resource: its address, its project, a name for the console, and the user's tags. */
export const tagsOf = (config: TagSettings, stack: string, noun: Noun, key: string): Tags => ({
  ...config.tags,
  ...(config.project !== undefined && { [PROJECT_TAG]: config.project }),
  Name: `${stack}-${addressOf(noun, key)}`,
  [STACK_TAG]: stack,
  [NOUN_TAG]: noun,
  [KEY_TAG]: key,
  ...(noun === 'loadBalancer' && config.waf !== undefined && { [WEB_ACL_TAG]: config.waf }),
});

/** The key under which `withOurTags` lists our tags that a resource lacks. No tag in AWS can have this key. */
const MISSING = '\0missing';

/**
 * Adds our tags to the tags of a resource that counts as ours although it lacks some of them. The result remembers which tags
 * are missing, so that a plan adds them.
 */
export function withOurTags(tags: Tags, stack: string, noun: Noun, key: string): Tags {
  const ours = { [STACK_TAG]: stack, [NOUN_TAG]: noun, [KEY_TAG]: key };
  const missing = Object.entries(ours).flatMap(([name, value]) => (tags[name] === value ? [] : [name]));
  return { ...tags, ...ours, ...(missing.length > 0 && { [MISSING]: missing.join() }) };
}

/** Whether a resource counts as ours without having our stack tag. */
export const isAssumedOurs = (tags: Tags): boolean => missingOf(tags).includes(STACK_TAG);

const missingOf = ({ [MISSING]: missing = '' }: Tags): string[] => missing.split(',');

/** Returns tags as EC2, ELBv2, ECR, IAM and Route 53 spell them. */
export const toPascalCaseTags = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Returns tags as ECS spells them. */
export const toCamelCaseTags = (tags: Tags): { key: string; value: string }[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Reads tags in either spelling. */
export function readTags(
  tags: readonly { Key?: string; Value?: string; key?: string; value?: string }[] | undefined,
): Tags {
  return Object.fromEntries(
    (tags ?? []).map((tag) => [tag.Key ?? tag.key ?? '', tag.Value ?? tag.value ?? '']),
  );
}

/** The name of a tag's field in a comparison. */
export type TagField = `tag.${string}`;

/** Returns only the tags that a resource has in AWS, without those that `withOurTags` adds. */
export function tagsInAws(tags: Tags): Tags {
  const missing = [MISSING, ...missingOf(tags)];
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !missing.includes(key)));
}

/** Returns tags as fields of a comparison. */
export const tagFields = (tags: Tags): Readonly<Record<TagField, string>> =>
  Object.fromEntries(Object.entries(tagsInAws(tags)).map(([key, value]) => [`tag.${key}`, value]));

/** The inputs that determine the desired tags of a stack. */
export interface DesiredTagContext {
  readonly config: TagSettings;
  readonly names: Pick<Names, 'stack'>;
  /** The keys of tags that an earlier provision set, but that are no longer in the configuration. */
  readonly formerTags?: readonly string[] | undefined;
}

/** Returns the desired tags of a resource as fields. Former tags must be absent; tags that others have set are ignored. */
export const desiredTags = (
  { config, names, formerTags = [] }: DesiredTagContext,
  noun: Noun,
  key: string,
): DesiredFields<TagField> => ({
  ...Object.fromEntries(formerTags.map((former) => [`tag.${former}`, undefined])),
  ...tagFields(tagsOf(config, names.stack, noun, key)),
});
