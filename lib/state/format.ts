/** The state file: what a stack remembers between runs. It is a cache; what AWS reports is the authority. */
import * as z from 'zod';

/**
 * The version of the format. A field that is added later is optional: an older file lacks it, and the next write adds it. A
 * change that an older Slipway would misread needs a new version, and code that upgrades files of the previous version.
 */
export const STATE_VERSION = 1;

/** Far below the largest exact integer, so that a generation can always be incremented. */
const MAX_GENERATION = 1e12;

/** The generation of a resource: incremented when the resource is removed, or abandoned because it failed. */
const generation = z.number().int().min(1).max(MAX_GENERATION);

/** An id, a name or an ARN. No other string could be looked up in AWS. */
const id = z.string().regex(/^[ -~]{0,2048}$/, 'not an AWS id');

/** An address contains a key, which may come from a tag that was edited manually. */
const address = z
  .string()
  .max(512)
  .regex(/^\P{C}*$/u, 'not the address of a resource');

const intent = z.strictObject({
  /** The client token for calls that accept one: the same for every attempt of the same create. */
  token: z.string().regex(/^[!-~]{1,64}$/, 'not a client token'),
  generation,
  /** When it was first recorded, milliseconds since 1970. */
  at: z.number(),
});

/** An intent: a step is about to create a resource. */
export type Intent = z.infer<typeof intent>;

export const stateSchema = z.strictObject({
  version: z.literal(STATE_VERSION),
  /** The stack that owns the state; the next three fields locate the stack. A run with other values is refused. */
  stack: z.string(),
  account: z.string(),
  region: z.string(),
  /** `sandbox`, `aws`, or the URL of another endpoint. */
  endpoint: z.string(),
  /** The ids of each resource, under its address, e.g. `vpc` or `subnets.public-1`. */
  resources: z.record(address, z.record(z.string(), id)),
  /** The creates that have started but whose results are not recorded yet, under the addresses of their resources. */
  intents: z.record(address, intent),
  /**
   * When the file was last written, milliseconds since 1970: resources that were created shortly before may not be visible
   * yet.
   */
  changed: z.number().optional(),
  /** The keys of the user's tags that are on any resource. */
  tags: z.array(z.string()).optional(),
  /** A short hash of the configuration that was provisioned last. */
  configuration: z.string().optional(),
  /** The project that provisioned last. */
  project: z.string().optional(),
  /** The rollback that has started but has not ended: its service, and the number of the revision that it restores. */
  rollback: z.strictObject({ service: z.string(), to: z.number().int().min(1) }).optional(),
  /** The configuration file of the last run that changed something, relative to the folder of this file. */
  configurationFile: z.string().optional(),
  /** The last generation of each address whose resource is gone. */
  generations: z.record(address, generation),
});

export type StateData = z.infer<typeof stateSchema>;

/** The part of the configuration that the state file keeps once every resource matches the configuration. */
export interface AppliedConfiguration {
  /** A short hash of the whole configuration. */
  readonly configuration: string;
  /** The keys of the user's tags. */
  readonly tags: readonly string[];
  readonly project?: string | undefined;
}

/** The fields that a run compares with its own values, so that no run uses the file of another stack. */
export type Guard = Pick<StateData, 'stack' | 'account' | 'region' | 'endpoint'>;

export const emptyState = (guard: Guard): StateData => ({
  version: STATE_VERSION,
  ...guard,
  resources: {},
  intents: {},
  generations: {},
});
