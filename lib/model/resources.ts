/** Resources: how they are keyed, addressed, identified and titled. Pure. */
import { architecture, type Ids, type Noun } from './architecture.ts';

/** The resources of one noun, under their keys. A noun with a single resource uses the key `''`. */
export type Items<T> = ReadonlyMap<string, T>;
/** The key of a noun's single resource. */
export const ONLY = '';

/** The address of a resource in messages, options and the state file: `vpc`, `subnets.public-1`. */
export const addressOf = (noun: Noun, key: string): string => (key === ONLY ? noun : `${noun}.${key}`);

/** The single resource of a noun, if it exists. */
export const only = <T>(items: Items<T>): T | undefined => items.get(ONLY);

/** Picks the ids out of a found resource. */
export function idsOf<N extends Noun>(noun: N, resource: Ids[N]): Ids[N] {
  const fields: readonly string[] = architecture[noun].ids;
  const values: Readonly<Record<string, unknown>> = resource;
  return Object.fromEntries(fields.map((field) => [field, values[field] ?? ''])) as Ids[N];
}

/** The identifying id of a resource. */
export const identifierOf = <N extends Noun>(noun: N, resource: Ids[N]): string =>
  Object.values<string>(idsOf(noun, resource))[0] ?? '';

/** The title of a resource in a report: its identifying id, short enough for a line. */
export function titleOf<N extends Noun>(noun: N, resource: Ids[N]): string {
  const id = identifierOf(noun, resource);
  if (noun === 'images') return id.replace(/^[^/]*\//, '').replace(/(@sha256:.{12}).*/, '$1…');
  if (!id.startsWith('arn:')) return id;
  const [kind = '', ...rest] = id.replace(/^arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:/, '').split('/');
  // `loadbalancer/app/<name>/<id>` and `targetgroup/<name>/<id>` contain names; listeners and rules only have ids.
  if (kind === 'loadbalancer' || kind === 'targetgroup') return rest.at(-2) ?? id;
  return kind.startsWith('listener') ? (rest.at(-1) ?? id) : rest.join('/');
}
