/** Manifests at the registry endpoint: read, pushed and deleted by tag or by digest. */
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import { requestedRepository } from '../aws/ecr/checks.ts';
import { findImage } from '../aws/ecr/image-rows.ts';
import { sha256 } from '../aws/ecr/layers.ts';
import { recordPull } from '../aws/ecr/pull.ts';
import { readText } from './bodies.ts';
import { DIGEST_HEADER, isRefusal, pathOf, throwFailure, type Exchange, type Responder } from './exchange.ts';

/** The maximum size of a manifest in bytes, which is also that of PutImage. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Returns the id of the image that the path names. Only a digest contains a colon. */
const imageIdOf = ({ reference }: Exchange): ImageIdentifier =>
  reference.includes(':') ? { imageDigest: reference } : { imageTag: reference };

/** Sends a manifest as it was pushed, whatever the header `Accept` says. */
export const getManifest: Responder = async (exchange) => {
  const { region, repository, request, call } = exchange;
  const imageIds = [imageIdOf(exchange)];
  const { images, failures } = await call('BatchGetImage', { ...repository, imageIds });
  throwFailure(failures);
  const [{ imageId, imageManifest = '', imageManifestMediaType = '' } = {}] = images ?? [];
  const image = findImage(requestedRepository(region, repository), imageId ?? {});
  if (image && request.method === 'GET') recordPull(region, image);
  const headers = {
    'content-type': imageManifestMediaType,
    'content-length': String(Buffer.byteLength(imageManifest)),
    [DIGEST_HEADER]: imageId?.imageDigest ?? '',
  };
  return { status: 200, headers, body: request.method === 'HEAD' ? '' : imageManifest };
};

/** Puts an image. Unlike PutImage, it accepts an image that the repository already has under the same tag (not verified). */
export const putManifest: Responder = async (exchange) => {
  const { repository, request, call } = exchange;
  const imageManifest = await readText(request.body, MAX_MANIFEST_BYTES);
  const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';');
  try {
    await call('PutImage', {
      ...repository,
      ...imageIdOf(exchange),
      imageManifest,
      imageManifestMediaType: mediaType.trim() || undefined,
    });
  } catch (error) {
    if (!isRefusal(error, 'ImageAlreadyExistsException')) throw error;
  }
  const digest = sha256(imageManifest);
  const headers = { location: pathOf(exchange, `manifests/${digest}`), [DIGEST_HEADER]: digest };
  return { status: 201, headers, body: '' };
};

/** Deletes an image, or only the tag that the path names. */
export const deleteManifest: Responder = async (exchange) => {
  const { repository, call } = exchange;
  const imageIds = [imageIdOf(exchange)];
  const { failures } = await call('BatchDeleteImage', { ...repository, imageIds });
  throwFailure(failures);
  return { status: 202, headers: {}, body: '' };
};
