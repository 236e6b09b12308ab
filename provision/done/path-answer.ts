/** The answer to a request that verifies a path. */

/** The timeout of a request, milliseconds. */
export const TIMEOUT_MS = 5000;

/** The answer to one request, or the error of its connection. */
export interface PathAnswer {
  /** `200`, or the error of the connection. */
  readonly text: string;
  /** Undefined if there was no answer. */
  readonly status?: number;
  /**
   * `good`: the service answered with anything but a 5xx error. `program`: the program of the service answered with a 5xx
   * error. `balancer`: the load balancer answered on its own, because no task answered or no rule matches. `none`: no answer.
   */
  readonly from: 'good' | 'program' | 'balancer' | 'none';
  /** Whether the web ACL of the load balancer blocked the request. */
  readonly isBlocked?: boolean;
  /** Whether the time ran out before an answer or an error arrived. */
  readonly isTimeout?: boolean;
  /** Why clients will not accept the certificate of the user, or of someone else; undefined if they will. */
  readonly distrust?: string | undefined;
  /** The names that a certificate of someone else is for. */
  readonly names?: string;
}

/**
 * Whether the load balancer itself sent a response. It names itself in the errors that it sends on its own; the answers of a program
 * keep their own `Server` header.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
export const isFromBalancer = (server: string): boolean => server.startsWith('awselb/');

/** The status of a request that a web ACL blocks. */
export const BLOCKED = 403;

export class RequestTimeout extends Error {}
