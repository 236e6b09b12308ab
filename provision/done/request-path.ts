/** Sends one request to a path of the stack, and classifies the answer. */
import { request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '../../lib/aws/errors.ts';
import type { Run } from '../../lib/run/run.ts';
import { NO_SERVICE } from '../steps/listener.ts';
import { BLOCKED, isFromBalancer, RequestTimeout, TIMEOUT_MS, type PathAnswer } from './path-answer.ts';
import { checkPresented, uncheckedBy } from './presented-certificate.ts';
import { requestOverHttp2 } from './request-http2.ts';
import type { PublicAddress } from './url.ts';

/** Requests a path. @throws the signal's reason when the run is aborted */
export async function requestPath(address: PublicAddress, path: string, run: Run): Promise<PathAnswer> {
  try {
    return address.http2 && address.tls
      ? await requestOverHttp2(address, path, run)
      : await get(address, path, run);
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
    let certificate: Pick<PathAnswer, 'distrust' | 'names'> = {};
    const clientRequest = tls
      ? requestSecurely({
          ...options,
          ...uncheckedBy(tls),
        })
      : request(options);
    if (tls?.isOwn || tls?.isOthers) {
      clientRequest.on('socket', (socket) =>
        socket.on('secureConnect', () => {
          const { error, ...checked } = checkPresented(socket as TLSSocket, tls);
          if (error) clientRequest.destroy(error);
          else certificate = checked;
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
        const server = String(response.headers['server'] ?? '');
        const isBlocked = status === BLOCKED && isFromBalancer(server);
        resolve({
          text: String(status),
          status,
          from: senderOf(status, server, body),
          ...(isBlocked && { isBlocked }),
          ...certificate,
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

function senderOf(status: number, server: string, body: string): PathAnswer['from'] {
  if (body === NO_SERVICE || (isFromBalancer(server) && status !== BLOCKED)) return 'balancer';
  return status < 500 ? 'good' : 'program';
}
