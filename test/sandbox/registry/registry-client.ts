/** Sends requests to a sandbox's registry as container tools do, with plain HTTP. */
import { GetAuthorizationTokenCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import { digestOf, makeRepository, manifestOf, OCI_IMAGE } from '../aws/ecr/pushing.ts';
import { sandbox } from '../harness.ts';

export interface RegistryRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface RegistryResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Sends one request to a port of this machine. Unlike fetch, it can send any Host header and follows no redirect. */
export async function send(
  port: number,
  method: string,
  path: string,
  { headers = {}, body = '' }: RegistryRequest = {},
): Promise<RegistryResponse> {
  const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers });
  const response = new Promise<RegistryResponse>((resolve, reject) => {
    sent.on('error', reject).on('response', (received) => {
      const { statusCode: status = 0 } = received;
      const receivedHeaders = received.headers as Record<string, string | undefined>;
      text(received).then((all) => resolve({ status, headers: receivedHeaders, body: all }), reject);
    });
  });
  sent.end(body);
  return response;
}

/** Returns a new token as the value of an `Authorization` header, with the endpoint that it is for and its expiry. */
export async function newToken(ecr: ECRClient) {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const [{ authorizationToken = '', proxyEndpoint = '', expiresAt = new Date(NaN) } = {}] =
    authorizationData ?? [];
  return { authorization: `Basic ${authorizationToken}`, proxyEndpoint, expiresAt };
}

/** Starts a sandbox with the repository `web`, and returns functions that push to its registry. */
export async function registryScene(options: SandboxOptions = {}) {
  const started = await sandbox(options);
  await makeRepository(started.ecr, 'web');
  const { authorization, proxyEndpoint, expiresAt } = await newToken(started.ecr);
  const { host } = new URL(proxyEndpoint);
  /** Sends an authenticated request to a path of the registry. */
  const registry = (method: string, path: string, { headers, body = '' }: RegistryRequest = {}) =>
    send(started.port, method, path, { headers: { host, authorization, ...headers }, body });
  /** Pushes a blob in one request, and returns its digest. */
  const pushBlob = async (content: string | Uint8Array, repository = 'web'): Promise<string> => {
    const digest = digestOf(content);
    await registry('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: content });
    return digest;
  };
  const putManifest = (reference: string, body: string, mediaType = OCI_IMAGE) =>
    registry('PUT', `/v2/web/manifests/${reference}`, { headers: { 'content-type': mediaType }, body });
  return {
    ...started,
    host,
    authorization,
    expiresAt,
    registry,
    pushBlob,
    putManifest,
    /** Pushes an image with one layer, and returns the text of its manifest. */
    push: async (tag: string, config = '{"config":{}}', layer = 'layer'): Promise<string> => {
      await Promise.all([config, layer].map((content) => pushBlob(content)));
      const manifest = manifestOf(config, [layer]);
      await putManifest(tag, manifest);
      return manifest;
    },
  };
}

/** Returns the code of the error in a response. */
export const errorCodeOf = ({ body }: RegistryResponse): string | undefined =>
  (JSON.parse(body) as { errors: { code: string }[] }).errors[0]?.code;
