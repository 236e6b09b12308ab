/** Local servers on free ports. */
import { createServer, type Server } from 'node:net';

/** A listening server. */
export interface ListeningServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Makes a server listen on a free port. The returned `close` drops open connections. */
export async function listen(server: Server): Promise<ListeningServer> {
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        (server as Partial<{ closeAllConnections(): void }>).closeAllConnections?.();
      }),
  };
}

/** Returns a port that was free a moment ago, for programs that cannot choose a free port themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { close } = await listen(server);
  const port = portOf(server);
  await close();
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
