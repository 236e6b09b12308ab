/** Refusals: errors in AWS's own wording, with the HTTP status that AWS sends. */

/** An error that AWS would return, with its code on the wire, its message and its HTTP status. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = status;
  }
}

/**
 * Makes a refusal for an operation to throw.
 * @param code the code on the wire, e.g. `InvalidVpcID.NotFound`
 * @param status the HTTP status, 400 by default
 */
export const refusal = (code: string, message: string, status = 400): Refusal =>
  new Refusal(code, message, status);
