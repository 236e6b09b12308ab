/** A proxy in front of an endpoint. It delays and records every call. */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { awsCallOf, type AwsCall } from './aws-call.ts';
import { listen, type ListeningServer } from './local-server.ts';

/** A recorded call. Its times are milliseconds since 1970. */
export interface ProxiedCall extends AwsCall {
  readonly start: number;
  readonly end: number;
  readonly status: number;
}

/** A running proxy. */
export interface Proxy extends ListeningServer {
  /** The calls so far, in the order of their responses. */
  readonly calls: readonly ProxiedCall[];
  /** Returns the calls so far and clears them. */
  takeCalls(): ProxiedCall[];
}

/**
 * Starts a proxy on a free port of this machine.
 * @param upstream the endpoint, such as `http://127.0.0.1:5000`
 * @param delay milliseconds that are added to each call
 */
export async function startLatencyProxy(upstream: string, delay: number): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  const calls: ProxiedCall[] = [];
  const server = createServer((incoming, outgoing) => {
    void forward(incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Clients may keep connections open, as AWS's clients do.
  server.keepAliveTimeout = 60_000;

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const start = Date.now();
    const body = await bodyOf(incoming);
    await new Promise((resolve) => setTimeout(resolve, delay));
    const { method = 'GET', url = '/', headers } = incoming;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(new URL(url, upstream), { method, headers, agent }, resolve).on('error', reject).end(body);
    });
    const content = await bodyOf(answer);
    const { statusCode: status = 502 } = answer;
    calls.push({
      ...awsCallOf({ method, url, headers, body: body.toString() }),
      start,
      end: Date.now(),
      status,
    });
    outgoing.writeHead(status, { ...answer.headers, connection: 'keep-alive' }).end(content);
  }

  const { url, close } = await listen(server);
  return {
    url,
    calls,
    takeCalls: () => calls.splice(0),
    close: async () => {
      agent.destroy();
      await close();
    },
  };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
