/** For tests: a registry on this machine that has one base image, with the tokens and the failures that a test asks for. */
import { afterEach } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

export const sha256Of = (content: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const LAYER_TYPE = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/** The documents and the blobs of a base image, whose layers are not archives: these tests unpack nothing. */
export interface BaseFixture {
  readonly index: string;
  readonly manifest: string;
  readonly config: string;
  readonly layers: readonly Buffer[];
  /** The content of each blob and manifest, under its digest. */
  readonly content: ReadonlyMap<string, string | Uint8Array>;
}

/** Makes a base image. @param more replaces members of its manifest, as a registry might */
export function baseFixture(
  { architecture = 'amd64', os = 'linux', layerType = LAYER_TYPE } = {},
  more: object = {},
): BaseFixture {
  const unpacked = ['debian', 'node'];
  const layers = unpacked.map((text) => gzipSync(text));
  const config = JSON.stringify({
    os,
    architecture,
    config: { Env: ['PATH=/usr/local/bin'], Cmd: ['node'] },
    rootfs: { type: 'layers', diff_ids: unpacked.map(sha256Of) },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...descriptorOf(config) },
    layers: layers.map((layer) => ({ mediaType: layerType, ...descriptorOf(layer) })),
    ...more,
  });
  const index = JSON.stringify({
    schemaVersion: 2,
    manifests: [
      { digest: sha256Of('arm'), platform: { os: 'linux', architecture: 'arm64' } },
      { digest: sha256Of(manifest), platform: { os: 'linux', architecture: 'amd64' } },
      { digest: sha256Of('attestation'), platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  });
  const content = new Map<string, string | Uint8Array>(
    [index, manifest, config, ...layers].map((bytes) => [sha256Of(bytes), bytes]),
  );
  return { index, manifest, config, layers, content };
}

const descriptorOf = (content: string | Uint8Array) => ({
  digest: sha256Of(content),
  size: Buffer.byteLength(content),
});

export interface RegistryOptions {
  /** Whether requests need a token. */
  readonly needsToken?: boolean;
  /** Answers a request in place of the registry. @returns whether it did */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** Starts a registry that has an image under every tag. Returns its reference, and the paths that were requested. */
export async function startRegistry(
  { index, content }: BaseFixture,
  { needsToken = false, intercept = () => false }: RegistryOptions = {},
) {
  const requested: string[] = [];
  let tokenCount = 0;
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    requested.push(url.replace(/\?.*/, ''));
    if (intercept(request, response)) return;
    if (url.startsWith('/token?')) {
      tokenCount += 1;
      response.end(JSON.stringify({ token: `token ${tokenCount}` }));
    } else if (needsToken && headers.authorization !== `Bearer token ${tokenCount}`) {
      const challenge = `Bearer realm="http://${headers.host}/token",service="hub",scope="repository:node:pull"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else {
      const name = url.split('/').at(-1) ?? '';
      const found = name.startsWith('sha256:') ? content.get(name) : index;
      if (found === undefined) response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      else response.end(found);
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    reference: `${host}/library/node:22-slim`,
    requested,
    expireTokens: () => (tokenCount += 1),
  };
}

/** Returns a port of this machine at which nothing listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
