/** A cause of a failed deployment, and a rule that recognizes one kind of cause. */
import type { Facts } from './facts.ts';

/** The cause of a failure. */
export interface Cause {
  /** One sentence without a full stop, such as `api listens on 5001 but port is 5000`. */
  readonly what: string;
  /** The reports that prove it, and the lines of the log that hold the error. */
  readonly evidence: readonly string[];
  /** What corrects it, the most likely first. */
  readonly fix: readonly string[];
  /** Whether no retry can help, so that waiting longer is pointless. */
  readonly isPermanent: boolean;
  /** The name of the responsible container. */
  readonly container?: string | undefined;
}

/** Returns the cause if the facts show a failure of its kind. Pure. */
export type Rule = (facts: Facts) => Cause | undefined;
