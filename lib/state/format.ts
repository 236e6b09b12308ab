/** The state file: what a stack remembers between runs. It is a cache; what AWS reports is the authority. */
import * as z from 'zod';

/**
 * The version of the format. A field that is added later is optional: an older file lacks it, and the next write adds it.
 * A change that an older Slipway would misread needs a new version, and an upgrade of the files before it.
 */
export const STATE_VERSION = 1;

/** Far from where numbers stop being exact: another life can always follow. */
const MAX_GENERATION = 1e12;

/** Which life of a thing: counts up when one was removed or came out bad. */
const generation = z.number().int().min(1).max(MAX_GENERATION);

/** Ids, names and ARNs of AWS: what is none cannot even be asked for. */
const id = z.string().regex(/^[ -~]{0,2048}$/, 'no id of AWS');

/** An address has a key in it, which may come out of a tag that somebody edited. */
const address = z
  .string()
  .max(512)
  .regex(/^\P{C}*$/u, 'no address of a thing');

const intent = z.strictObject({
  /** A client token, where AWS takes one: the same for every try of the same create. */
  token: z.string().regex(/^[!-~]{1,64}$/, 'no client token'),
  generation,
  /** When it was first written down, milliseconds since 1970. */
  at: z.number(),
});

/** What a step was about to create. */
export type Intent = z.infer<typeof intent>;

export const stateSchema = z.strictObject({
  version: z.literal(STATE_VERSION),
  /** Whose state it is: a run against anything else is refused. */
  stack: z.string(),
  account: z.string(),
  region: z.string(),
  /** Another endpoint than AWS's own, or `aws`. */
  endpoint: z.string(),
  /** Ids by address, e.g. `vpc` or `subnets.public-1`. */
  resources: z.record(address, z.record(z.string(), id)),
  /** Creates that were begun and not yet recorded, by address. */
  intents: z.record(address, intent),
  /** When the file was last written, milliseconds since 1970: what was made just before may not be seen yet. */
  changed: z.number().optional(),
  /** Keys of the user's own tags that are on anything. */
  tags: z.array(z.string()).optional(),
  /** The configuration that was provisioned last, as a short hash. */
  configuration: z.string().optional(),
  /** The last generation of each address whose thing is gone. */
  generations: z.record(address, generation),
});

export type StateData = z.infer<typeof stateSchema>;

/** Whose state a file is. */
export type Guard = Pick<StateData, 'stack' | 'account' | 'region' | 'endpoint'>;

export const emptyState = (guard: Guard): StateData => ({
  version: STATE_VERSION,
  ...guard,
  resources: {},
  intents: {},
  generations: {},
});
