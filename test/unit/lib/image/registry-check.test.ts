// Checks of images over the registry API, against a registry on this machine.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { checkInRegistry } from '../../../../lib/image/registry-check.ts';
import { parseImageReference } from '../../../../lib/image/reference.ts';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));
const { signal } = new AbortController();

/** Starts a registry, and returns its host. */
async function registry(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const check = (reference: string) => checkInRegistry(parseImageReference(reference), 'amd64', signal);
const index = (...architectures: string[]) =>
  JSON.stringify({
    manifests: [
      ...architectures.map((architecture) => ({ platform: { os: 'linux', architecture } })),
      { platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  });

test('an image that the registry does not have is missing', async () => {
  const host = await registry((_, response) => response.writeHead(404).end('{}'));
  expect(await check(`${host}/shop:1`)).toEqual({ state: 'missing', why: `${host} does not have it.` });
});

test('an index must contain the platform of the tasks', async () => {
  let architectures = ['arm64'];
  const paths: unknown[] = [];
  const host = await registry((request, response) => {
    paths.push(request.url);
    response.end(index(...architectures));
  });
  expect(await check(`${host}/team/shop:1`)).toEqual({ state: 'other platform', platforms: ['linux/arm64'] });
  architectures = ['arm64', 'amd64'];
  expect(await check(`${host}/team/shop@sha256:${'a'.repeat(64)}`)).toEqual({ state: 'usable' });
  expect(paths).toEqual(['/v2/team/shop/manifests/1', `/v2/team/shop/manifests/sha256:${'a'.repeat(64)}`]);
});

test('a single image has its platform in its configuration', async () => {
  const host = await registry((request, response) =>
    response.end(
      JSON.stringify(
        request.url === '/v2/shop/blobs/sha256:c'
          ? { os: 'linux', architecture: 'arm64' }
          : { config: { digest: 'sha256:c' } },
      ),
    ),
  );
  expect(await check(`${host}/shop`)).toEqual({ state: 'other platform', platforms: ['linux/arm64'] });
});

test('a registry that asks for a token gets an anonymous one', async () => {
  const host = await registry((request, response) => {
    const { url = '', headers } = request;
    if (url.startsWith('/token?')) return response.end(JSON.stringify({ token: `for ${url}` }));
    if (headers.authorization?.startsWith('Bearer for /token?')) return response.end(index('amd64'));
    const challenge = `Bearer realm="http://${headers.host}/token",service="hub",scope="repository:shop:pull"`;
    return response.writeHead(401, { 'www-authenticate': challenge }).end();
  });
  expect(await check(`${host}/shop:1`)).toEqual({ state: 'usable' });
});

test.each([
  ['requires a login', 401, 'answers 401'],
  ['is down', 503, 'answers 503'],
])('a registry that %s proves nothing', async (_, status, why) => {
  const host = await registry((_request, response) => response.writeHead(status).end());
  expect(await check(`${host}/shop:1`)).toEqual({ state: 'unknown', why: `${host} ${why}` });
});

test('a registry that cannot be reached proves nothing', async () => {
  const host = await registry(() => undefined);
  servers.splice(0).forEach((server) => server.close());
  expect(await check(`${host}/shop:1`)).toMatchObject({
    state: 'unknown',
    why: expect.stringContaining('cannot be reached'),
  });
});

test.each([
  ['nginx', { host: 'docker.io', repository: 'library/nginx', version: { tag: 'latest' } }],
  ['bitnami/redis:7', { host: 'docker.io', repository: 'bitnami/redis', version: { tag: '7' } }],
  ['localhost:5000/a/b:1', { host: 'localhost:5000', repository: 'a/b', version: { tag: '1' } }],
  ['ghcr.io/a/b:1@sha256:00', { host: 'ghcr.io', repository: 'a/b', version: { digest: 'sha256:00' } }],
])('the parts of %s', (reference, parts) => {
  expect(parseImageReference(reference)).toEqual(parts);
});

/** Starts a server that must not be asked, and returns its host and the paths that were requested nevertheless. */
async function forbidden(): Promise<{ host: string; requested: unknown[] }> {
  const requested: unknown[] = [];
  const host = await registry((request, response) => {
    requested.push(request.url);
    response.end(JSON.stringify({ token: 'secret' }));
  });
  return { host, requested };
}

test.each(['token', 'redirect'])('a registry cannot send the check to another server: %s', async (kind) => {
  const other = await forbidden();
  const url = `http://${other.host}/latest/meta-data`;
  const host = await registry((_request, response) =>
    (kind === 'token'
      ? response.writeHead(401, { 'www-authenticate': `Bearer realm="${url}",service="x"` })
      : response.writeHead(307, { location: url })
    ).end(),
  );
  expect(await check(`${host}/shop:1`)).toMatchObject({ state: 'unknown' });
  expect(other.requested).toEqual([]);
});

test('a redirect on the same server is followed, but not forever', async () => {
  let requests = 0;
  const host = await registry((request, response) => {
    requests += 1;
    if (request.url === '/here') return response.end(index('amd64'));
    const location = request.url === '/v2/shop/manifests/1' ? '/here' : '/there';
    return response.writeHead(307, { location }).end();
  });
  expect(await check(`${host}/shop:1`)).toEqual({ state: 'usable' });
  expect(await check(`${host}/shop:2`)).toMatchObject({ state: 'unknown' });
  expect(requests).toBeLessThan(10);
});

test('an answer that is too large proves nothing, and is not read to its end', async () => {
  let sent = 0;
  const host = await registry((_request, response) => {
    const chunk = Buffer.alloc(65_536, ' ');
    const write = (): void => {
      while (!response.destroyed && sent < 64_000_000 && response.write(chunk)) sent += chunk.length;
      if (sent >= 64_000_000) response.end();
    };
    response.on('drain', () => {
      sent += chunk.length;
      write();
    });
    write();
  });
  expect(await check(`${host}/shop:1`)).toMatchObject({ state: 'unknown' });
  expect(sent).toBeLessThan(32_000_000);
});

test('a token that cannot be read proves nothing', async () => {
  const host = await registry(({ url = '', headers }, response) =>
    url.startsWith('/token')
      ? response.end('null')
      : response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${headers.host}/token"` }).end(),
  );
  expect(await check(`${host}/shop:1`)).toEqual({ state: 'unknown', why: `${host} answers 401` });
});
