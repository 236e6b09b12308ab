// Connections to targets over HTTP/2: one that is retired still carries the requests that have begun.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { expect, test } from '@jest/globals';
import { startHttp2Forwarder } from '../../../sandbox/balancer/http2-targets.ts';

const HOST = '127.0.0.1';

async function portOf(server: Server): Promise<number> {
  server.listen(0, HOST);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a connection that is retired carries a request that has just been forwarded, and no further one', async () => {
  let connections = 0;
  const target = createHttp2Server();
  target.on('session', () => (connections += 1));
  target.on('stream', (stream) => {
    stream.respond({ ':status': 200 });
    stream.end('done');
  });
  const port = await portOf(target);
  const forwarder = startHttp2Forwarder(1_000);
  const front = createServer((request, response) => {
    const { url = '' } = request;
    const ended = forwarder.forward(
      {
        ...{ request, url, host: HOST, port, protocol: 'HTTP', version: 'HTTP2', headers: [] },
        ...{ idleTimeoutMs: 5_000, mayUsePool: true },
      },
      response,
    );
    if (url === '/retired') forwarder.retire(HOST, port);
    void ended.then((failure) => failure && response.writeHead(failure.status).end());
  });
  const frontPort = await portOf(front);
  const statusOf = async (path: string) => {
    const response = await fetch(`http://${HOST}:${frontPort}${path}`);
    return [response.status, await response.text()];
  };
  try {
    expect(await statusOf('/first')).toEqual([200, 'done']);
    expect(await statusOf('/second')).toEqual([200, 'done']);
    expect(connections).toBe(1);
    expect(await statusOf('/retired')).toEqual([200, 'done']);
    expect(await statusOf('/next')).toEqual([200, 'done']);
    expect(connections).toBe(2);
  } finally {
    forwarder.close();
    front.close();
    target.close();
  }
});
