/** Runs a single health check over HTTP/2: a GET request, or a call of gRPC whose status counts. */
import { constants, type IncomingHttpHeaders } from 'node:http2';
import { connectHttp2 } from './http2-targets.ts';
import type { GroupHealthCheck, HealthCheckResult } from './health-check.ts';

/** A message of gRPC without content: no compression, and a length of 0 (one byte and four). */
const EMPTY_MESSAGE = Buffer.alloc(5);

/**
 * Sends one health check on a new connection.
 * @param address the target's address on this machine
 * @param signal aborts the check
 * @param host the authority: on AWS, the target's private IP address and port
 * @throws when the check was aborted
 */
export async function sendHttp2HealthCheck(
  address: { readonly host: string; readonly port: number },
  { path, protocol, timeoutMs, version }: GroupHealthCheck,
  signal: AbortSignal,
  host = `${address.host}:${address.port}`,
): Promise<HealthCheckResult> {
  const isGrpc = version === 'GRPC';
  const session = connectHttp2(`${protocol.toLowerCase()}://${address.host}:${address.port}`, timeoutMs);
  const timeout = setTimeout(() => session.destroy(), timeoutMs);
  const ended = new AbortController();
  try {
    return await new Promise<HealthCheckResult>((resolve, reject) => {
      const start = performance.now();
      const abort = () => {
        session.destroy();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { signal: ended.signal });
      let failure: HealthCheckResult = 'failed';
      session.once('error', ({ code }: NodeJS.ErrnoException) => {
        if (code === 'ECONNREFUSED') failure = 'refused';
      });
      const stream = session.request({
        ':method': isGrpc ? 'POST' : 'GET',
        ':path': path,
        ':scheme': protocol.toLowerCase(),
        ':authority': host,
        'user-agent': 'ELB-HealthChecker/2.0',
        ...(isGrpc && { 'content-type': 'application/grpc', te: 'trailers' }),
      });
      stream.end(isGrpc ? EMPTY_MESSAGE : undefined);
      let code: number | undefined;
      const note = (status: unknown): void => {
        if (status !== undefined) code = Number(status);
      };
      stream.once('response', (headers) => note(isGrpc ? headers['grpc-status'] : headers[':status']));
      stream.once('trailers', (trailers: IncomingHttpHeaders) => isGrpc && note(trailers['grpc-status']));
      stream.on('error', () => {}).resume();
      stream.once('close', () => {
        if (performance.now() - start >= timeoutMs) failure = 'timeout';
        // The connection reports its error after the stream.
        setImmediate(() => resolve(code === undefined ? failure : { code }));
      });
      if (!isGrpc) stream.once('response', () => stream.close(constants.NGHTTP2_NO_ERROR));
    });
  } finally {
    clearTimeout(timeout);
    ended.abort();
    session.destroy();
  }
}
