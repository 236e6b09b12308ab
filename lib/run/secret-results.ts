/** The results of `secret` as data. */
import type { StackInfo } from './results.ts';

/** A secret of a stack; the value is never part of a result. */
export type SecretRecord = {
  readonly name: string;
  /** The parameter that holds it. */
  readonly parameter: string;
  /** Null if the configuration needs the secret, but it does not exist. */
  readonly version: number | null;
  /** The time of its newest version, in ISO 8601. */
  readonly modified: string | null;
  /** The containers that use it, as `<service>.<container>`. */
  readonly usedBy: readonly string[];
};

/** The result of `secret`: all secrets, the stored one, or the name of the removed one. */
export type SecretResult = StackInfo &
  (
    | { readonly secrets: readonly SecretRecord[] }
    | { readonly stored: SecretRecord }
    | { readonly removed: string }
    | { readonly declined: true }
  );
