/** Sends one request over HTTP/2 to a path of the stack: a GET, or a call of gRPC. */
import { connect, type ClientHttp2Session } from 'node:http2';
import { connect as connectSecurely } from 'node:tls';
import type { Run } from '../../lib/run/run.ts';
import { checkPresented, uncheckedBy } from './presented-certificate.ts';
import { BLOCKED, isFromBalancer, RequestTimeout, TIMEOUT_MS, type PathAnswer } from './path-answer.ts';
import type { PublicAddress } from './url.ts';

/** A message of gRPC without content. */
const EMPTY_MESSAGE = Buffer.alloc(5);
/** The status of the load balancer for a request that does not fit the target group. */
const INCOMPATIBLE = 464;

/**
 * Sends the request without using this machine's resolver. A call of gRPC gets an answer from every program of gRPC, even if it
 * does not have the method.
 * @throws the error of the connection; the signal's reason
 */
export async function requestOverHttp2(
  { host, connect: { host: address, port }, tls, http2 }: PublicAddress,
  path: string,
  { signal, waits }: Run,
): Promise<PathAnswer> {
  const isGrpc = http2 === 'GRPC';
  const timeout = Math.min(TIMEOUT_MS, waits.answer.deadline);
  let session: ClientHttp2Session | undefined;
  let timer: NodeJS.Timeout | undefined;
  let certificate: Pick<PathAnswer, 'distrust' | 'names'> = {};
  const ended = new AbortController();
  try {
    return await new Promise<PathAnswer>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(new RequestTimeout(`no answer within ${timeout / 1000} s`));
      }, timeout);
      const abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { signal: ended.signal });
      session = connect(`https://${host}`, {
        createConnection: () => {
          const socket = connectSecurely({
            ...{ host: address, port, ALPNProtocols: ['h2'] },
            ...(tls && uncheckedBy(tls)),
          });
          if (tls?.isOwn || tls?.isOthers)
            socket.once('secureConnect', () => {
              const { error, ...checked } = checkPresented(socket, tls);
              if (error) socket.destroy(error);
              else certificate = checked;
            });
          return socket;
        },
      });
      session.on('error', reject);
      const stream = session.request({
        ':path': path,
        ':method': isGrpc ? 'POST' : 'GET',
        'user-agent': 'slipway',
        ...(isGrpc && { 'content-type': 'application/grpc', te: 'trailers' }),
      });
      stream.on('error', reject);
      stream.once('response', (headers) => {
        const status = headers[':status'] ?? 0;
        const server = String(headers.server ?? '');
        const isBlocked = status === BLOCKED && isFromBalancer(server);
        const from =
          status === INCOMPATIBLE || (isFromBalancer(server) && !isBlocked)
            ? 'balancer'
            : status >= 500
              ? 'program'
              : 'good';
        resolve({
          ...{ text: String(status), status, from },
          ...(isBlocked && { isBlocked }),
          ...certificate,
        });
      });
      stream.resume().end(isGrpc ? EMPTY_MESSAGE : undefined);
    });
  } finally {
    clearTimeout(timer);
    ended.abort();
    session?.destroy();
  }
}
