/** What a look may use, and how looks share: whoever asks for the same thing rides on one call. */
import type { Aws } from '../aws/clients.ts';
import type { Config } from '../config/config.ts';
import type { Names } from '../derive/names.ts';
import type { Noun } from '../model/architecture.ts';
import { addressOf, ONLY, type Items } from '../model/resources.ts';
import type { StateData } from '../state/format.ts';
import { KEY_TAG, STACK_TAG, type Tags } from '../derive/tags.ts';
import type { Filter } from '@aws-sdk/client-ec2';
import type { Builds } from '../image/builds.ts';

/** What the stack should be: everything that is known before a call. */
export interface Desired {
  readonly config: Config;
  readonly names: Names;
  /** The twelve digits of the account. */
  readonly account: string;
  /** Keys of tags that earlier provisions gave and the configuration no longer has; undefined when there are none. */
  readonly formerTags?: readonly string[] | undefined;
}

/** The surroundings of a look. The account is not among them: it is asked for while the first looks are under way. */
export interface LookContext extends Omit<Desired, 'account'> {
  readonly aws: Aws;
  /** The images of the source folders, built when first asked for. */
  readonly builds: Builds;
  /** Runs a look that several steps share once; all get the same answer. */
  shared<T>(what: string, look: () => Promise<T>): Promise<T>;
  /**
   * The ids that the state remembers of a noun, by key; undefined when the run began with none. A hint where to look
   * besides, never the authority: the state may be lost or old.
   */
  readonly recorded?: ((noun: Noun) => Items<RecordedIds>) | undefined;
}

/** Ids as the state keeps them, the telling one first. */
export type RecordedIds = Readonly<Record<string, string>>;

/** Makes `recorded` of the resources of a state, as they are whenever it is asked. */
export function recordedIn(resources: StateData['resources']): LookContext['recorded'] {
  if (Object.keys(resources).length === 0) return undefined;
  return (noun) => {
    const prefix = `${noun}.`;
    const keyed = Object.entries(resources).flatMap(([address, ids]) => {
      if (address === addressOf(noun, ONLY)) return [[ONLY, ids] as const];
      return address.startsWith(prefix) ? [[address.slice(prefix.length), ids] as const] : [];
    });
    return new Map(keyed);
  };
}

/** Makes `once` for one survey. */
export function singleFlight(): LookContext['shared'] {
  const flights = new Map<string, Promise<unknown>>();
  return <T>(what: string, look: () => Promise<T>): Promise<T> => {
    const flight = flights.get(what) ?? look();
    flights.set(what, flight);
    return flight as Promise<T>;
  };
}

/** The filter by which EC2 shows what is ours. */
export const stackTagFilter = ({ names }: Pick<Desired, 'names'>): Filter[] => [
  { Name: `tag:${STACK_TAG}`, Values: [names.stack] },
];

/**
 * Sorts found things by their key, which stands in their tags unless told otherwise. Of twins (a create that was sent
 * twice), the first keeps the key; the others get keys of their own that nothing wants, so that they are seen and
 * removed.
 */
export function indexByKey<T extends { readonly tags: Tags }>(
  things: readonly T[],
  keyOf: (thing: T) => string = ({ tags }) => tags[KEY_TAG] ?? '',
): Items<T> {
  const items = new Map<string, T>();
  for (const thing of things) {
    const key = keyOf(thing);
    let free = key;
    for (let twin = 2; items.has(free); twin += 1) free = `${key}~${twin}`;
    items.set(free, thing);
  }
  return items;
}
