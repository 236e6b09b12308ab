// gRPC and HTTP/2 between load balancer and targets: streams in both directions, trailers, and requests that do not fit.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { sslPolicy } from '../../../sandbox/aws/elbv2/ssl-policies.ts';
import { memoryAuthority } from '../../../sandbox/certificates/authority.ts';
import { call, frame, openHttp2, startGrpcServer, type Method } from './grpc-program.ts';
import { echo, FakeWorld, gate, open, startTarget } from './targets.ts';

const NAME = 'shop.example.com';
const authority = memoryAuthority()();
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const [notBefore, notAfter] = [new Date(Date.now() - 86_400_000), new Date(Date.now() + 86_400_000)];
const certificate = {
  ...{ names: [NAME], notAfter },
  certificate: authority.issue({ commonName: NAME, names: [NAME], publicKey, notBefore, notAfter }),
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
};

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

/** An HTTPS listener in front of a target at a port. */
async function http2Scene(targetPort: number, version: FakeWorld['version']) {
  const world = new FakeWorld();
  world.port = 443;
  world.version = version;
  world.tlsView = { certificates: [certificate], ...sslPolicy() };
  world.register('10.0.0.1', targetPort);
  const { port } = await open(world);
  const session = openHttp2(`https://${NAME}:${port}`, { ca: authority.certificate });
  cleanups.push(() => session.destroy());
  return { world, port, session };
}
async function grpcScene(methods: Record<string, Method>) {
  const server = await startGrpcServer(methods);
  cleanups.push(server.close);
  return http2Scene(server.port, 'GRPC');
}
const all = async (messages: AsyncIterable<string>) => {
  const texts: string[] = [];
  for await (const text of messages) texts.push(text);
  return texts;
};
/** Sends a request over HTTP/1.1, and returns the status. */
async function statusOverHttp1(port: number, headers: object = {}): Promise<number | undefined> {
  const request = https.request({
    ...{ port, host: '127.0.0.1', servername: NAME, method: 'POST', agent: false, ca: authority.certificate },
    headers: { host: NAME, ...headers },
  });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
async function statusOverHttp2(session: ClientHttp2Session, headers: object): Promise<unknown> {
  const stream = session.request({ ':path': '/shop.Orders/Get', ...headers });
  const [received] = (await once(stream.end(), 'response')) as [Record<string, unknown>];
  stream.resume();
  return received[':status'];
}

describe('a gRPC group', () => {
  test('gets a call with its headers, and the client gets messages and trailers', async () => {
    const { session } = await grpcScene({
      '/shop.Orders/Get': async (messages, send, headers) => {
        for await (const text of messages) send(`order ${text}`);
        const { te, 'x-forwarded-proto': scheme, 'x-tenant': tenant } = headers;
        send(JSON.stringify([headers[':authority'], te, scheme, tenant]));
        return { status: 0, text: 'done' };
      },
    });
    const { stream, headers, messages, status } = call(session, '/shop.Orders/Get', { 'x-tenant': '7' });
    stream.end(frame('1'));
    expect(await headers).toMatchObject({ ':status': 200, 'content-type': 'application/grpc' });
    const [order, sent = ''] = await all(messages);
    expect(order).toBe('order 1');
    expect(JSON.parse(sent)).toEqual([expect.stringContaining(NAME), 'trailers', 'https', '7']);
    expect(await status).toBe('0');
  });

  test('streams in both directions at the same time', async () => {
    const { session } = await grpcScene({
      '/shop.Chat/Talk': async (messages, send) => {
        send('hello');
        for await (const text of messages) send(`${text}!`);
        return { status: 0 };
      },
    });
    const { stream, messages, status } = call(session, '/shop.Chat/Talk');
    // The program speaks first.
    expect((await messages.next()).value).toBe('hello');
    for (const text of ['one', 'two', 'three']) {
      stream.write(frame(text));
      expect((await messages.next()).value).toBe(`${text}!`);
    }
    stream.end();
    expect((await messages.next()).done).toBe(true);
    expect(await status).toBe('0');
  });

  test('the status of a failed call reaches the client, with or without messages', async () => {
    const { session } = await grpcScene({
      '/shop.Orders/Get': async () => ({ status: 5, text: 'no such order' }),
    });
    const failed = call(session, '/shop.Orders/Get');
    failed.stream.end(frame('9'));
    expect(await all(failed.messages)).toEqual([]);
    expect(await failed.status).toBe('5');
    const unknown = call(session, '/shop.Orders/Unknown');
    unknown.stream.end(frame(''));
    unknown.stream.resume();
    expect(await unknown.headers).toMatchObject({ 'grpc-status': '12' });
    expect(await unknown.status).toBe('12');
  });

  test('a large message passes in both directions', async () => {
    const large = 'x'.repeat(3_000_000);
    const { session } = await grpcScene({
      '/shop.Files/Copy': async (messages, send) => {
        for await (const text of messages) send(text);
        return { status: 0 };
      },
    });
    const { stream, messages, status } = call(session, '/shop.Files/Copy');
    stream.end(frame(large));
    expect((await all(messages)).map(({ length }) => length)).toEqual([3_000_000]);
    expect(await status).toBe('0');
  });

  test('a call that the client cancels is cancelled at the target, and counts as open until then', async () => {
    const { opened: cancelled, open: cancel } = gate();
    const { session, world } = await grpcScene({
      '/shop.Feed/Watch': async (messages, send) => {
        send('first');
        await all(messages).catch(() => []);
        cancel();
        return { status: 1 };
      },
    });
    const { stream, messages } = call(session, '/shop.Feed/Watch');
    await messages.next();
    expect(Object.values(world.openRequests)).toEqual([1]);
    stream.close(8);
    await cancelled;
    while (Object.values(world.openRequests).some((count) => count > 0))
      await new Promise((resolve) => setImmediate(resolve));
  });

  test('a target that refuses the connection gives a 502', async () => {
    const server = await startGrpcServer({});
    server.close();
    const { session } = await http2Scene(server.port, 'GRPC');
    const { stream, headers } = call(session, '/shop.Orders/Get');
    stream.end(frame(''));
    expect(await headers).toMatchObject({ ':status': 502 });
  });

  test('requests over HTTP/1.1, and any but POST, get a 464', async () => {
    const { port, session } = await grpcScene({});
    expect(await statusOverHttp1(port, { 'content-type': 'application/grpc' })).toBe(464);
    expect(await statusOverHttp2(session, { ':method': 'GET' })).toBe(464);
  });
});

describe('other groups', () => {
  test('an HTTP/2 group gets requests over HTTP/2, and 464 answers those over HTTP/1.1', async () => {
    const server = createServer((request, response) => {
      response.end(`${request.httpVersion} ${request.method} ${request.url}`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { port, session } = await http2Scene((server.address() as AddressInfo).port, 'HTTP2');
    const stream = session.request({ ':path': '/api1?id=7' });
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(text).toBe('2.0 GET /api1?id=7');
    expect(await statusOverHttp1(port)).toBe(464);
    cleanups.unshift(() => session.destroy());
  });

  test('a call of gRPC to a group for HTTP/1.1 gets a 464', async () => {
    const { port } = await startTarget(echo());
    const { session } = await http2Scene(port, 'HTTP1');
    const { stream, headers } = call(session, '/shop.Orders/Get');
    stream.end(frame(''));
    expect(await headers).toMatchObject({ ':status': 464 });
  });
});
