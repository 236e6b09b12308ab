/** The versions of the protocol between load balancer and targets, and the requests that fit none of them. */
import type { IncomingMessage } from 'node:http';
import { isGrpc } from './http2-targets.ts';
import type { ProtocolVersion } from './view.ts';

/** The mark of a connection that carries a stream of HTTP/2. */
export interface Http2Mark {
  readonly carriesHttp2?: true;
}

const INCOMPATIBLE = 464;

/**
 * Returns the status with which the load balancer refuses a request that a target group cannot receive; undefined for any other.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-464-issues
 */
export function incompatibleStatus(request: IncomingMessage, version: ProtocolVersion): 464 | undefined {
  const isHttp2 = (request.socket as Http2Mark).carriesHttp2 === true;
  const isCompatible =
    version === 'HTTP1'
      ? !(isHttp2 && isGrpc(request))
      : isHttp2 && (version === 'HTTP2' || request.method === 'POST');
  return isCompatible ? undefined : INCOMPATIBLE;
}
