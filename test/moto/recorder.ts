/** Stands between a client and moto, and writes down every call: moto keeps no journal of its own. */
import { createServer, request, type IncomingMessage } from 'node:http';

/** One call. */
export interface Call {
  readonly operation: string;
  readonly mutating: boolean;
}

export interface Recorder {
  readonly url: string;
  readonly calls: readonly Call[];
  close(): Promise<void>;
}

const READS = /^(Describe|Get|List|BatchGet|BatchCheck)/;

/** EC2 and the like name the operation in the form, ECS and the like in a header; Route 53 says it by its method. */
function callOf({ method, url, headers }: IncomingMessage, body: string): Call {
  const target = headers['x-amz-target'];
  const operation =
    typeof target === 'string'
      ? (target.split('.').at(-1) ?? target)
      : (new URLSearchParams(body).get('Action') ?? `${method} ${url}`);
  return { operation, mutating: operation.startsWith('GET ') ? false : !READS.test(operation) };
}

/** Forwards everything to `upstream` and records it. */
export async function record(upstream: string): Promise<Recorder> {
  const calls: Call[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      calls.push(callOf(incoming, body.toString()));
      const { method, url, headers } = incoming;
      const sent = request(new URL(url ?? '/', upstream), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      sent.on('error', () => outgoing.destroy());
      sent.end(body);
    });
  });
  await new Promise<void>((open) => server.listen(0, '127.0.0.1', open));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
