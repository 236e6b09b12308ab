/** The refusals of the sandbox: errors in AWS's own words, with the HTTP status that AWS sends. */

/** An error that AWS would answer: its wire code, its message and its HTTP status. */
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
 * Makes a refusal, to be thrown by an operation.
 * @param code the code as it stands on the wire, e.g. `InvalidVpcID.NotFound`
 * @param status the HTTP status, 400 unless told
 */
export const refusal = (code: string, message: string, status = 400): Refusal =>
  new Refusal(code, message, status);
