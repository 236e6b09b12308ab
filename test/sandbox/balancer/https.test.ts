/** HTTPS listeners: certificates by server name, versions of TLS, and HTTP/2. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import {
  connect as connectHttp2,
  constants,
  type ClientHttp2Session,
  type OutgoingHttpHeaders,
} from 'node:http2';
import https from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { memoryAuthority } from '../../../sandbox/certificates/authority.ts';
import { sslPolicy } from '../../../sandbox/aws/elbv2/ssl-policies.ts';
import type { ListenerCertificate } from '../../../sandbox/balancer/view.ts';
import { ask, defaultRule, echo, FakeWorld, gate, open, startTarget, type Echo } from './targets.ts';

const authority = memoryAuthority()();
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const DAY = 86_400_000;

function certificateFor(names: string[], days = 30): ListenerCertificate {
  const notAfter = new Date(Date.now() + days * DAY);
  const notBefore = new Date(Date.now() - DAY);
  return {
    ...{ names, notAfter },
    certificate: authority.issue({ commonName: names[0] ?? '', names, publicKey, notBefore, notAfter }),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

async function secureWorld(policy?: string) {
  const world = new FakeWorld();
  world.port = 443;
  world.tlsView = { certificates: [certificateFor(['shop.example.com'])], ...sslPolicy(policy) };
  const target = await startTarget(echo());
  world.register('10.0.0.1', target.port);
  const { port } = await open(world);
  return { world, port };
}

/** Shakes hands, and returns the connection. */
async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.certificate, ...options });
  cleanups.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

const nameShownFor = async (port: number, servername: string) =>
  (await handshake(port, { servername, checkServerIdentity: () => undefined })).getPeerCertificate().subject
    .CN;

function openSession(port: number): ClientHttp2Session {
  const session = connectHttp2(`https://shop.example.com:${port}`, {
    ca: authority.certificate,
    lookup: ((_name: string, _options: object, done: (...result: unknown[]) => void) =>
      done(null, [{ address: '127.0.0.1', family: 4 }])) as never,
  });
  cleanups.push(() => session.destroy());
  return session;
}

async function askHttp2(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string) {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [received] = (await once(stream, 'response')) as [Record<string, string | number>];
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return { headers: received, text };
}

describe('an HTTPS listener', () => {
  test('serves a client that trusts the authority, and reports https to the target', async () => {
    const { port } = await secureWorld();
    const request = https.get({
      ...{ port, host: '127.0.0.1', servername: 'shop.example.com', path: '/api1', agent: false },
      headers: { host: 'shop.example.com' },
      ca: authority.certificate,
    });
    const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const { headers } = JSON.parse(Buffer.concat(chunks).toString()) as Echo;
    expect(headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' });
  });

  test('selects the certificate by the name that the client sends, and else the default one', async () => {
    const { world, port } = await secureWorld();
    const first = world.tlsView?.certificates[0] as ListenerCertificate;
    world.tlsView = {
      ...sslPolicy(),
      certificates: [
        first,
        certificateFor(['*.example.org', 'example.org']),
        certificateFor(['www.example.net', 'old'], 1),
        certificateFor(['new', 'www.example.net'], 9),
      ],
    };
    expect(await nameShownFor(port, 'shop.example.com')).toBe('shop.example.com');
    expect(await nameShownFor(port, 'a.EXAMPLE.org')).toBe('*.example.org');
    expect(await nameShownFor(port, 'a.b.example.org')).toBe('shop.example.com');
    expect(await nameShownFor(port, 'example.org')).toBe('*.example.org');
    expect(await nameShownFor(port, 'www.example.net')).toBe('new');
    expect(await nameShownFor(port, '')).toBe('shop.example.com');
    // Another default certificate takes effect without a new listener.
    world.tlsView = { ...sslPolicy(), certificates: [certificateFor(['next.example.com'])] };
    expect(await nameShownFor(port, '')).toBe('next.example.com');
  });

  test.each([
    ['ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09', 'TLSv1.2', 'TLSv1.2'],
    ['ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09', 'TLSv1.3', 'TLSv1.3'],
    ['ELBSecurityPolicy-TLS13-1-3-2021-06', 'TLSv1.2', 'refused'],
    ['ELBSecurityPolicy-2016-08', 'TLSv1.3', 'refused'],
  ] as const)('with the policy %s, a client of %s: %s', async (policy, version, expected) => {
    const { port } = await secureWorld(policy);
    const shaken = handshake(port, {
      servername: 'shop.example.com',
      minVersion: version,
      maxVersion: version,
    });
    expect(await shaken.then((socket) => socket.getProtocol()).catch(() => 'refused')).toBe(expected);
  });

  test.each([
    [['h2', 'http/1.1'], 'true', 'h2'],
    [['h2', 'http/1.1'], 'false', 'http/1.1'],
    [['http/1.1'], 'true', 'http/1.1'],
  ])('of %j with routing.http2.enabled %s, selects %s', async (ALPNProtocols, isEnabled, expected) => {
    const { world, port } = await secureWorld();
    world.attributes = { 'routing.http2.enabled': isEnabled };
    const socket = await handshake(port, { servername: 'shop.example.com', ALPNProtocols });
    expect(socket.alpnProtocol).toBe(expected);
  });

  test('a policy that changes applies to the next connection', async () => {
    const { world, port } = await secureWorld();
    const options = { servername: 'shop.example.com', maxVersion: 'TLSv1.2' } as const;
    await handshake(port, options);
    world.tlsView = {
      certificates: world.tlsView?.certificates ?? [],
      ...sslPolicy('ELBSecurityPolicy-TLS13-1-3-2021-06'),
    };
    await expect(handshake(port, options)).rejects.toThrow(/alert protocol version/);
  });

  test('a client without TLS gets no response', async () => {
    const { port } = await secureWorld();
    await expect(ask(port)).rejects.toThrow();
  });
});

describe('HTTP/2', () => {
  test('requests of one connection reach targets as HTTP/1.1', async () => {
    const { world, port } = await secureWorld();
    const session = openSession(port);
    const [got, posted] = await Promise.all([
      askHttp2(session, { ':path': '/api1?a=1', 'x-id': '7', cookie: ['a=1', 'b=2'] as never }),
      askHttp2(session, { ':method': 'POST', ':path': '/api1', 'content-type': 'text/plain' }, 'hello'),
    ]);
    expect(got.headers[':status']).toBe(200);
    const echoed = JSON.parse(got.text) as Echo;
    expect(echoed).toMatchObject({ method: 'GET', url: '/api1?a=1' });
    expect(echoed.headers).toMatchObject({
      host: `shop.example.com:${port}`,
      'x-id': '7',
      cookie: 'a=1; b=2',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    expect(JSON.parse(posted.text)).toMatchObject({ method: 'POST', body: 'hello' });
    expect(world.requestCounts).toEqual({ [Object.keys(world.groups)[0] ?? '']: 2 });
  });

  test('CONNECT is refused, as it is over HTTP/1.1', async () => {
    const { port } = await secureWorld();
    const { headers } = await askHttp2(openSession(port), {
      ':method': 'CONNECT',
      ':authority': 'shop.example.com:443',
    });
    expect(headers[':status']).toBe(400);
  });

  test('responses without a body, with cookies, and large ones', async () => {
    const { world, port } = await secureWorld();
    const target = await startTarget((request, response) => {
      if (request.url === '/none') response.writeHead(204).end();
      else if (request.url === '/cookies') response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }).end('x');
      else response.end('y'.repeat(1_000_000));
    });
    world.register('10.0.0.1', target.port);
    const session = openSession(port);
    expect((await askHttp2(session, { ':path': '/none' })).headers[':status']).toBe(204);
    const head = await askHttp2(session, { ':method': 'HEAD', ':path': '/large' });
    expect([head.headers[':status'], head.text]).toEqual([200, '']);
    expect((await askHttp2(session, { ':path': '/cookies' })).headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect((await askHttp2(session, { ':path': '/large' })).text).toHaveLength(1_000_000);
  });

  test('a redirect leads to https, and a load balancer without targets responds itself', async () => {
    const { world, port } = await secureWorld();
    world.currentRules = [
      defaultRule({ Type: 'redirect', RedirectConfig: { Host: 'www.example.com', StatusCode: 'HTTP_301' } }),
    ];
    const session = openSession(port);
    const { headers } = await askHttp2(session, { ':path': '/a?b' });
    expect(headers).toMatchObject({ ':status': 301, location: `https://www.example.com:${port}/a?b` });
    expect(headers).not.toHaveProperty('connection');
  });

  test('a response that comes before the end of the upload ends the stream, and the connection serves on', async () => {
    const { world, port } = await secureWorld();
    const target = await startTarget((request, response) => {
      if (request.url === '/early') response.writeHead(413).end('too large');
      else request.resume().once('end', () => response.end('done'));
    });
    world.register('10.0.0.1', target.port);
    const session = openSession(port);
    const upload = session.request({ ':method': 'POST', ':path': '/early' });
    // Larger than the window, and without an end: the client can send the rest only if the target reads.
    upload.write(Buffer.alloc(1_000_000));
    const closed = once(upload, 'close');
    const [headers] = (await once(upload, 'response')) as [Record<string, number>];
    let text = '';
    for await (const chunk of upload) text += String(chunk);
    expect([headers[':status'], text]).toEqual([413, 'too large']);
    await closed;
    expect(upload.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
    expect((await askHttp2(session, { ':method': 'POST', ':path': '/' }, 'x')).text).toBe('done');
    expect(Object.values(world.openRequests)).toEqual([0]);
  });

  test('a client that cancels its stream ends the request to the target', async () => {
    const { world, port } = await secureWorld();
    const { opened: arrived, open: onArrival } = gate();
    const { opened: closed, open: onClosed } = gate();
    const target = await startTarget((_request, response) => {
      response.once('close', () => onClosed());
      onArrival();
    });
    world.register('10.0.0.1', target.port);
    const session = openSession(port);
    const stream = session.request({ ':path': '/slow' });
    stream.on('error', () => {});
    await arrived;
    stream.close();
    await closed;
    expect(Object.values(world.openRequests)).toEqual([0]);
  });

  test('closing the listener lets an open stream end', async () => {
    const world = new FakeWorld();
    world.port = 443;
    world.tlsView = { certificates: [certificateFor(['shop.example.com'])], ...sslPolicy() };
    const { opened: arrived, open: onArrival } = gate<() => void>();
    const target = await startTarget((_request, response) => onArrival(() => response.end('done')));
    world.register('10.0.0.1', target.port);
    const listener = await open(world, { closeTimeoutMs: 5_000 });
    const answer = askHttp2(openSession(listener.port), { ':path': '/' });
    const respond = await arrived;
    const closing = listener.close();
    respond();
    expect((await answer).text).toBe('done');
    await closing;
  });
});
