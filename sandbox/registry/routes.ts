/** The requests of the registry's protocol: the path and the method of each, and what responds to it. */
import { getBlob, headBlob } from './blobs.ts';
import type { Responder } from './exchange.ts';
import { deleteManifest, getManifest, putManifest } from './manifests.ts';
import { listTags } from './tags.ts';
import { completeUpload, continueUpload, getUpload, startUpload } from './uploads.ts';

/** The meaning of a request, derived from its path and method. */
export interface Route {
  readonly repositoryName: string;
  /** The last part of the path; empty if the path has none. */
  readonly reference: string;
  /** Undefined if the method is not supported. */
  readonly respond: Responder | undefined;
}

const ping: Responder = async () => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: '{}',
});

/**
 * The responders, keyed by path and method. A path captures the name of the repository and the last part. As on AWS, a blob
 * cannot be deleted, and there is no list of repositories.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
 */
const ROUTES: readonly (readonly [path: RegExp, responders: ReadonlyMap<string, Responder>])[] = [
  [/^\/v2\/?$/, new Map([['GET', ping]])],
  [/^\/v2\/_catalog$/, new Map()],
  [/^\/v2\/(.+)\/tags\/list$/, new Map([['GET', listTags]])],
  [/^\/v2\/(.+)\/blobs\/uploads\/?$/, new Map([['POST', startUpload]])],
  [
    /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/,
    new Map([
      ['GET', getUpload],
      ['PATCH', continueUpload],
      ['PUT', completeUpload],
    ]),
  ],
  [
    /^\/v2\/(.+)\/blobs\/([^/]+)$/,
    new Map([
      ['GET', getBlob],
      ['HEAD', headBlob],
    ]),
  ],
  [
    /^\/v2\/(.+)\/manifests\/([^/]+)$/,
    new Map([
      ['GET', getManifest],
      ['HEAD', getManifest],
      ['PUT', putManifest],
      ['DELETE', deleteManifest],
    ]),
  ],
];

/** Finds the route of a request. Returns undefined if the protocol does not have the path. */
export function findRoute(method: string, path: string): Route | undefined {
  for (const [pattern, responders] of ROUTES) {
    const match = pattern.exec(path);
    if (!match) continue;
    const [, repositoryName = '', reference = ''] = match;
    return { repositoryName, reference, respond: responders.get(method) };
  }
  return undefined;
}
