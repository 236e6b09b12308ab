/** The context of a look: what it may use, and how concurrent looks share one request. */
import type { Aws } from '../aws/clients.ts';
import type { Config } from '../config/config.ts';
import type { Names } from '../derive/names.ts';
import type { Noun } from '../model/architecture.ts';
import { addressOf, ONLY, type Items } from '../model/resources.ts';
import type { StateData } from '../state/format.ts';
import { KEY_TAG, STACK_TAG, type Tags } from '../derive/tags.ts';
import type { Filter } from '@aws-sdk/client-ec2';
import type { Builds } from '../image/builds.ts';

/** The desired stack: everything that the desired resources are derived from. */
export interface Desired {
  readonly config: Config;
  readonly names: Names;
  /** The twelve digits of the account. */
  readonly account: string;
  /** The ARN of the caller, according to AWS. */
  readonly caller?: string | undefined;
  /** The keys of tags that earlier provisions set, but that the configuration no longer has; undefined when there are none. */
  readonly formerTags?: readonly string[] | undefined;
}

/** Everything that a look may use. It lacks the account, which is fetched while the first looks are under way. */
export interface LookContext extends Omit<Desired, 'account' | 'caller'> {
  readonly aws: Aws;
  /** The images of the source folders, each built when first needed. */
  readonly builds: Builds;
  /** The only service whose images are built and looked for; undefined for all services. */
  readonly onlyService?: string | undefined;
  /** Runs a query that several looks share. The query runs once per survey, and every look gets the same result. */
  shared<T>(name: string, query: () => Promise<T>): Promise<T>;
  /**
   * Returns the recorded ids of a noun's resources, under their keys; undefined when the run began without a state. These ids
   * only suggest where else to look. They never prove that a resource exists: the state may be lost or out of date.
   */
  readonly recorded?: ((noun: Noun) => Items<RecordedIds>) | undefined;
}

/** The recorded ids of a resource; the first one identifies the resource. */
export type RecordedIds = Readonly<Record<string, string>>;

/** Makes the `recorded` function of a look context. Each call of the function reads the current resources of the state. */
export function recordedIn(resources: StateData['resources']): LookContext['recorded'] {
  if (Object.keys(resources).length === 0) return undefined;
  return (noun) => {
    const prefix = `${noun}.`;
    const entries = Object.entries(resources).flatMap(([address, ids]) => {
      if (address === addressOf(noun, ONLY)) return [[ONLY, ids] as const];
      return address.startsWith(prefix) ? [[address.slice(prefix.length), ids] as const] : [];
    });
    return new Map(entries);
  };
}

/** Makes the `shared` function of one survey: it runs each query once, and returns the same result to all later callers. */
export function singleFlight(): LookContext['shared'] {
  const results = new Map<string, Promise<unknown>>();
  return <T>(name: string, query: () => Promise<T>): Promise<T> => {
    const result = results.get(name) ?? query();
    results.set(name, result);
    return result as Promise<T>;
  };
}

/** The EC2 filter for resources that have our stack tag. */
export const stackTagFilter = ({ names }: Pick<Desired, 'names'>): Filter[] => [
  { Name: `tag:${STACK_TAG}`, Values: [names.stack] },
];

/**
 * Indexes found resources by their key. If there are duplicates, because a create was sent twice, the first keeps the key. The
 * others get keys that no configuration contains, so that they are removed.
 * @param keyOf returns the key of a resource; by default the key in its tags
 */
export function indexByKey<T extends { readonly tags: Tags }>(
  resources: readonly T[],
  keyOf: (resource: T) => string = ({ tags }) => tags[KEY_TAG] ?? '',
): Items<T> {
  const items = new Map<string, T>();
  for (const resource of resources) {
    const key = keyOf(resource);
    let freeKey = key;
    for (let copy = 2; items.has(freeKey); copy += 1) freeKey = `${key}~${copy}`;
    items.set(freeKey, resource);
  }
  return items;
}
