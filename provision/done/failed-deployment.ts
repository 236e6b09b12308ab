/** The failure of a deployment during a wait, before it is explained to the user. */
import type { Cause } from '../../lib/diagnosis/rule.ts';

/** Ends the wait for a service. It is not yet a problem: what runs now is known only after the restoration. */
export class FailedDeployment extends Error {
  /** The reports of ECS. */
  readonly reason: string;
  /** The cause, if it is already known. */
  readonly knownCause: Cause | undefined;
  /** Whether ECS itself has ended the deployment, or someone else has replaced it. Otherwise it continues until it is stopped. */
  readonly isOver: boolean;

  constructor(reason: string, { isOver, cause }: { readonly isOver: boolean; readonly cause?: Cause }) {
    super(reason);
    this.name = 'FailedDeployment';
    this.reason = reason;
    this.isOver = isOver;
    this.knownCause = cause;
  }
}
