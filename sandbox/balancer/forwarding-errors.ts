/** The reasons for which a request could not be forwarded. */

/** The client or the target sent nothing for too long. */
export class SilenceTimeout extends Error {
  readonly status: 408 | 504;

  constructor(waitedFor: 'client' | 'target') {
    super(`The ${waitedFor} sent nothing for too long`);
    this.status = waitedFor === 'client' ? 408 : 504;
  }
}

/**
 * The TLS handshake did not complete in time. The client gets a 502, not a 504.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues
 */
export class HandshakeTimeout extends Error {
  constructor() {
    super('The target did not complete the TLS handshake in time');
  }
}

/** The client sent a body that no header for the target announces. The target would take the body for another request. */
export class UnannouncedBody extends Error {
  readonly status = 400;

  constructor() {
    super('The request has a body that its headers do not announce');
  }
}
