/** Uploads of layers: started, sent in consecutive parts, and completed when the digest matches. */
import type * as ECR from '@aws-sdk/client-ecr';
import { createHash } from 'node:crypto';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { isDigest, placeOf, requestedRepository } from './checks.ts';
import {
  emptyUpload,
  invalidLayer,
  invalidLayerPart,
  invalidParameter,
  layerExists,
  layerPartTooSmall,
  uploadNotFound,
} from './errors.ts';
import { addLayer, dropUpload } from './layer-rows.ts';
import type { UploadRow } from './store.ts';

const MIB = 1024 * 1024;
/** The part size that ECR asks clients to send. ECR accepts no larger part. */
const PART = 20 * MIB;
const SMALLEST_PART = 5 * MIB;

export const sha256 = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** @throws RepositoryNotFoundException, UploadNotFoundException */
function uploadOf(
  region: Region,
  input: { registryId?: string; repositoryName: string | undefined; uploadId: string | undefined },
) {
  const repository = requestedRepository(region, input);
  const place = placeOf(repository);
  const upload = region.ecr.uploads.get(input.uploadId);
  if (upload?.repositoryName !== place.repositoryName) throw uploadNotFound(input.uploadId ?? '', place);
  return { repository, place, upload };
}

const bytesReceived = ({ parts }: UploadRow): number =>
  parts.reduce((sum, part) => sum + part.sizeInBytes, 0);

export const layerOperations = {
  /** Availability is per repository: a layer that only another repository has must be uploaded again. */
  BatchCheckLayerAvailability: {
    takes: ['registryId', 'repositoryName', 'layerDigests'],
    run(input, region) {
      const { layers } = requestedRepository(region, input);
      const digests = input.layerDigests ?? [];
      if (digests.length < 1 || digests.length > 100) {
        throw invalidParameter('layerDigests', 'Member must have length between 1 and 100');
      }
      return {
        layers: digests.filter(isDigest).map((layerDigest) => {
          const layer = layers.find(({ digest }) => digest === layerDigest);
          return layer
            ? { layerDigest, layerAvailability: 'AVAILABLE' as const, layerSize: layer.sizeInBytes }
            : { layerDigest, layerAvailability: 'UNAVAILABLE' as const };
        }),
        failures: digests
          .filter((digest) => !isDigest(digest))
          .map((layerDigest) => ({
            layerDigest,
            failureCode: 'InvalidLayerDigest' as const,
            failureReason: 'Invalid request parameters: layer digest is not valid',
          })),
      };
    },
  },

  InitiateLayerUpload: {
    takes: ['registryId', 'repositoryName'],
    run(input, region) {
      const { repositoryName } = requestedRepository(region, input);
      const uploadId = region.uuid();
      region.ecr.uploads.set(uploadId, { uploadId, repositoryName, parts: [] });
      return { uploadId, partSize: PART };
    },
  },

  /** Parts must follow each other without a gap; a refusal names the last received byte, so that a client can continue. */
  UploadLayerPart: {
    takes: ['registryId', 'repositoryName', 'uploadId', 'partFirstByte', 'partLastByte', 'layerPartBlob'],
    run(input, region) {
      const { place, upload } = uploadOf(region, input);
      const { uploadId } = upload;
      const { layerPartBlob: bytes = new Uint8Array(), partFirstByte = -1, partLastByte = -1 } = input;
      const expected = bytesReceived(upload);
      const refuse = (why: string) => invalidLayerPart(why, uploadId, expected - 1);
      if (partFirstByte !== expected) throw refuse(`the part starts at byte ${partFirstByte}`);
      if (bytes.length === 0 || bytes.length > PART) throw refuse(`the part has ${bytes.length} bytes`);
      if (partLastByte !== expected + bytes.length - 1) {
        throw refuse(`the part ends at byte ${expected + bytes.length - 1}, not at ${partLastByte}`);
      }
      const key = `upload/${uploadId}/${upload.parts.length}`;
      region.blobs.put(key, bytes);
      upload.parts.push({ key, sizeInBytes: bytes.length });
      return { ...place, uploadId, lastByteReceived: partLastByte };
    },
  },

  CompleteLayerUpload: {
    takes: ['registryId', 'repositoryName', 'uploadId', 'layerDigests'],
    run(input, region) {
      const { repository, place, upload } = uploadOf(region, input);
      const { uploadId, parts } = upload;
      if (parts.length === 0) throw emptyUpload(uploadId);
      if (parts.slice(0, -1).some(({ sizeInBytes }) => sizeInBytes < SMALLEST_PART))
        throw layerPartTooSmall();
      const bytes = Buffer.concat(parts.map(({ key }) => region.blobs.get(key) ?? new Uint8Array()));
      const layerDigest = sha256(bytes);
      const given = input.layerDigests ?? [];
      if (given.length === 0 || given.some((digest) => digest !== layerDigest)) {
        throw invalidLayer(`The layer has the digest '${layerDigest}', not '${given.join(', ')}'`);
      }
      dropUpload(region, upload);
      if (repository.layers.some(({ digest }) => digest === layerDigest))
        throw layerExists(layerDigest, place);
      addLayer(region, repository, layerDigest, bytes);
      return { ...place, uploadId, layerDigest };
    },
  },
} satisfies Operations<typeof ECR>;
