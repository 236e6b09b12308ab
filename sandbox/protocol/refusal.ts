/** Refusals: errors in AWS's own wording, with the HTTP status that AWS sends. */

/** An error that AWS would return, with its code on the wire, its message and its HTTP status. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  /** The members of AWS's error in addition to the message. Only the JSON protocol sends them. */
  readonly members: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, status: number, members = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/**
 * Makes a refusal for an operation to throw.
 * @param code the code on the wire, e.g. `InvalidVpcID.NotFound`
 * @param status the HTTP status, 400 by default
 * @param members the members of AWS's error in addition to the message
 */
export const refusal = (code: string, message: string, status = 400, members = {}): Refusal =>
  new Refusal(code, message, status, members);
