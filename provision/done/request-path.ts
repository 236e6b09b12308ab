/** Sends one request to a path of the stack, and classifies the answer. */
import { request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '../../lib/aws/errors.ts';
import type { Run } from '../../lib/run/run.ts';
import { NO_SERVICE } from '../steps/listener.ts';
import { checkCertificate } from './presented-certificate.ts';
import type { PublicAddress } from './url.ts';

/** The timeout of a request, milliseconds. */
const TIMEOUT_MS = 5000;

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
  /** Whether the time ran out before an answer or an error arrived. */
  readonly isTimeout?: boolean;
  /** Why this machine does not trust the user's own certificate; undefined if it does. */
  readonly distrust?: string;
}

class RequestTimeout extends Error {}

/** Requests a path. @throws the signal's reason when the run is aborted */
export async function requestPath(address: PublicAddress, path: string, run: Run): Promise<PathAnswer> {
  try {
    return await get(address, path, run);
  } catch (error) {
    if (run.signal.aborted) throw error;
    return { text: messageOf(error), from: 'none', isTimeout: error instanceof RequestTimeout };
  }
}

/**
 * Sends a GET to the address without using this machine's resolver. The headers of the response are enough: its body may be a
 * stream that never ends. The body is read only if the status is 404, to find out whether the load balancer itself sent the
 * response.
 */
function get(
  { host, connect, tls }: PublicAddress,
  path: string,
  { signal, waits }: Run,
): Promise<PathAnswer> {
  const timeout = Math.min(TIMEOUT_MS, waits.answer.deadline);
  return new Promise((resolve, reject) => {
    const headers = { host, 'user-agent': 'slipway' };
    const options = { ...connect, path, headers, agent: false, signal };
    let distrust: string | undefined;
    const clientRequest = tls
      ? requestSecurely({
          ...options,
          servername: tls.servername,
          ...(tls.authority && { ca: tls.authority.certificate }),
          ...(tls.isOwn && { rejectUnauthorized: false }),
        })
      : request(options);
    if (tls?.isOwn) {
      clientRequest.on('socket', (socket) =>
        socket.on('secureConnect', () => {
          const checked = checkCertificate(socket as TLSSocket, tls.servername);
          if (checked instanceof Error) clientRequest.destroy(checked);
          else distrust = checked;
        }),
      );
    }
    // Node's own timeout starts again with every byte.
    const timer = setTimeout(
      () => clientRequest.destroy(new RequestTimeout(`no answer within ${timeout / 1000} s`)),
      timeout,
    );
    clientRequest.on('response', (response) => {
      const { statusCode: status = 0 } = response;
      let body = '';
      const settle = () => {
        resolve({
          text: String(status),
          status,
          from: senderOf(status, String(response.headers['server'] ?? ''), body),
          ...(distrust !== undefined && { distrust }),
        });
        clientRequest.destroy();
      };
      response.on('error', settle);
      if (status !== 404) return settle();
      response.setEncoding('latin1').on('end', settle);
      response.on('data', (text: string) => {
        body += text;
        if (!NO_SERVICE.startsWith(body)) settle();
      });
    });
    clientRequest.on('error', reject);
    clientRequest.on('close', () => clearTimeout(timer));
    clientRequest.end();
  });
}

/**
 * A load balancer names itself in the errors that it sends on its own. The answers of a program keep their own `Server` header.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
function senderOf(status: number, server: string, body: string): PathAnswer['from'] {
  if (body === NO_SERVICE) return 'balancer';
  if (status < 500) return 'good';
  return server.startsWith('awselb/') ? 'balancer' : 'program';
}
