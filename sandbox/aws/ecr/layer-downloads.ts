/** Downloads of layers: URLs that are signed and expire, like those of Amazon S3 to which ECR refers. */
import type * as ECR from '@aws-sdk/client-ecr';
import { createHmac, randomBytes } from 'node:crypto';
import type { Operations } from '../../operations.ts';
import { isSameSecret } from '../../state/token.ts';
import type { Region } from '../../world/region.ts';
import { identityOf, requestedRepository } from './checks.ts';
import { layerInaccessible, layerNotFound } from './errors.ts';
import { layerDigestsOf } from './image-rows.ts';

/** The path of a layer: a fixed prefix, the region and the digest. */
const PATH = /^\/ecr-layers\/([\w-]+)\/(sha256:[0-9a-f]{64})$/;
/** The lifetime of a URL: one hour, in milliseconds. */
const URL_LIFETIME = 3600 * 1000;
/** The key of the signatures. It lives as long as this process, so a restart ends all URLs. */
const SIGNING_KEY = randomBytes(32);

const signatureOf = (path: string, expires: string): string =>
  createHmac('sha256', SIGNING_KEY).update(`${path}\n${expires}`).digest('hex');

/**
 * Returns a URL that serves a layer for an hour.
 * @param host the host and port under which the client reaches the sandbox
 */
export function layerUrl(region: Region, digest: string, host: string): string {
  const path = `/ecr-layers/${region.name}/${digest}`;
  const expires = String(Math.floor((region.now().getTime() + URL_LIFETIME) / 1000));
  return `http://${host}${path}?Expires=${expires}&Signature=${signatureOf(path, expires)}`;
}

/** The region and the digest that the path of a layer's URL names. */
export interface LayerAddress {
  readonly regionName: string;
  readonly digest: string;
}

/** Reads the path of a layer's URL; returns undefined for any other path. */
export function parseLayerPath(path: string): LayerAddress | undefined {
  const [, regionName, digest] = PATH.exec(path) ?? [];
  return regionName && digest ? { regionName, digest } : undefined;
}

/** The result of a check of a layer's URL. */
export type LayerUrlStatus = 'valid' | 'expired' | 'forged';

/** Checks the signature of a layer's URL, and whether the URL has expired at `now`, in milliseconds since 1970. */
export function checkLayerUrl(path: string, query: URLSearchParams, now: number): LayerUrlStatus {
  const expires = query.get('Expires') ?? '';
  if (!isSameSecret(query.get('Signature') ?? '', signatureOf(path, expires))) return 'forged';
  return Number(expires) * 1000 > now ? 'valid' : 'expired';
}

export const layerDownloadOperations = {
  /**
   * Returns a URL on this machine that needs no credentials.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html
   */
  GetDownloadUrlForLayer: {
    inputMembers: ['registryId', 'repositoryName', 'layerDigest'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const { layerDigest = '' } = input;
      const identity = identityOf(repository);
      if (!repository.layers.some(({ digest }) => digest === layerDigest))
        throw layerNotFound(layerDigest, identity);
      if (!repository.images.some((image) => layerDigestsOf(image).includes(layerDigest)))
        throw layerInaccessible(layerDigest, identity);
      return { downloadUrl: layerUrl(region, layerDigest, `127.0.0.1:${region.port() ?? 80}`), layerDigest };
    },
  },
} satisfies Operations<typeof ECR>;
