/** The format of a saved plan. Its digest covers all other fields, so that an edited file is noticed. Pure. */
import { createHash } from 'node:crypto';
import type { Builder } from '../../config/config.ts';
import type { PlannedChanges, StackInfo } from '../results.ts';

/** The version of the format, incremented when a field changes its meaning. */
export const PLAN_VERSION = 1;

/** A value of a field of the configuration. */
export type SavedValue = string | number | boolean | null;

/** The configuration that a plan was made from. */
export interface SavedConfiguration {
  /** The values under their paths, e.g. `services.shop.count`. Values that may be secret are left out. */
  readonly fields: Readonly<Record<string, SavedValue>>;
  /** Salted digests of the values that are left out: one per container, e.g. `shop/api1`. */
  readonly hidden: { readonly salt: string; readonly digests: Readonly<Record<string, string>> };
}

/** A plan in a file. */
export interface SavedPlan extends StackInfo {
  readonly slipwayPlan: typeof PLAN_VERSION;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The options that select the stack and the part of it; null for the default. */
  readonly options: {
    readonly stage: string;
    readonly config: string | null;
    readonly service: string | null;
    readonly builder: Builder | null;
    readonly adopt: readonly string[];
    readonly adoptStack: boolean;
    readonly wait: boolean;
  };
  readonly configuration: SavedConfiguration;
  /** The digest of the image of each container that is built from source; for an engine's image, the tag, which is a hash of its source. */
  readonly images: Readonly<Record<string, string>>;
  readonly plan: PlannedChanges;
  /** SHA-256 of all other fields. */
  readonly digest: string;
}

/** Serialises a value with sorted keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );

/** Returns the digest of a plan. */
export const planDigest = ({
  digest: _digest,
  ...rest
}: Omit<SavedPlan, 'digest'> & { digest?: string }): string =>
  createHash('sha256').update(canonical(rest)).digest('hex');

/** Adds the digest to a plan. */
export const withDigest = (plan: Omit<SavedPlan, 'digest'>): SavedPlan => ({
  ...plan,
  digest: planDigest(plan),
});

/** The reasons for which a file is not a plan that can be carried out. */
export type Unusable = 'not a plan' | 'other version' | 'edited';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads a plan from the text of its file. */
export function parsePlan(text: string): SavedPlan | Unusable {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    // The message of the parser would quote the file, which may contain anything.
    return 'not a plan';
  }
  if (!isObject(data) || typeof data['slipwayPlan'] !== 'number') return 'not a plan';
  if (data['slipwayPlan'] !== PLAN_VERSION) return 'other version';
  const plan = data as unknown as SavedPlan;
  // Everything else is as this version has written it if the digest matches.
  return plan.digest === planDigest(plan) ? plan : 'edited';
}
