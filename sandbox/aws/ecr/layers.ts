/** Uploads of layers: a layer is sent in consecutive parts, and the upload is completed when the digest matches. */
import type * as ECR from '@aws-sdk/client-ecr';
import { createHash } from 'node:crypto';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { isDigest, identityOf, requestedRepository } from './checks.ts';
import {
  emptyUpload,
  invalidLayer,
  invalidLayerPart,
  layerExists,
  layerPartTooSmall,
  uploadNotFound,
} from './errors.ts';
import { addLayer, dropUpload } from './layer-rows.ts';
import type { UploadRow } from './store.ts';

const MIB = 1024 * 1024;
/** The size of the parts that ECR asks clients to send. */
const PART_SIZE = 20 * MIB;
const MIN_PART_SIZE = 5 * MIB;

export const sha256 = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** @throws RepositoryNotFoundException, UploadNotFoundException */
function uploadOf(
  region: Region,
  input: { registryId?: string; repositoryName: string | undefined; uploadId: string | undefined },
) {
  const repository = requestedRepository(region, input);
  const identity = identityOf(repository);
  const upload = region.ecr.uploads.get(input.uploadId);
  if (upload?.repositoryName !== identity.repositoryName)
    throw uploadNotFound(input.uploadId ?? '', identity);
  return { repository, identity, upload };
}

const bytesReceived = ({ parts }: UploadRow): number =>
  parts.reduce((sum, part) => sum + part.sizeInBytes, 0);

export const layerOperations = {
  /** Availability is per repository: a layer must be uploaded again even if another repository has it. */
  BatchCheckLayerAvailability: {
    inputMembers: ['registryId', 'repositoryName', 'layerDigests'],
    run(input, region) {
      const { layers } = requestedRepository(region, input);
      const { layerDigests: digests = [] } = input;
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
    inputMembers: ['registryId', 'repositoryName'],
    run(input, region) {
      const { repositoryName } = requestedRepository(region, input);
      const uploadId = region.uuid();
      region.ecr.uploads.set(uploadId, { uploadId, repositoryName, parts: [] });
      return { uploadId, partSize: PART_SIZE };
    },
  },

  /** Parts must be consecutive. A refusal names the last byte that was received, so that a client can continue. */
  UploadLayerPart: {
    inputMembers: [
      'registryId',
      'repositoryName',
      'uploadId',
      'partFirstByte',
      'partLastByte',
      'layerPartBlob',
    ],
    run(input, region) {
      const { identity, upload } = uploadOf(region, input);
      const { uploadId } = upload;
      const { layerPartBlob: bytes = new Uint8Array(), partFirstByte = -1, partLastByte = -1 } = input;
      const nextByte = bytesReceived(upload);
      const invalidPart = (why: string) => invalidLayerPart(why, uploadId, nextByte - 1);
      if (partFirstByte !== nextByte) throw invalidPart(`the part starts at byte ${partFirstByte}`);
      if (bytes.length === 0) throw invalidPart('the part has 0 bytes');
      if (partLastByte !== nextByte + bytes.length - 1) {
        throw invalidPart(`the part ends at byte ${nextByte + bytes.length - 1}, not at ${partLastByte}`);
      }
      const key = `upload/${uploadId}/${upload.parts.length}`;
      region.blobs.put(key, bytes);
      upload.parts.push({ key, sizeInBytes: bytes.length });
      return { ...identity, uploadId, lastByteReceived: partLastByte };
    },
  },

  CompleteLayerUpload: {
    inputMembers: ['registryId', 'repositoryName', 'uploadId', 'layerDigests'],
    run(input, region) {
      const { repository, identity, upload } = uploadOf(region, input);
      const { uploadId, parts } = upload;
      if (parts.length === 0) throw emptyUpload(uploadId);
      if (parts.slice(0, -1).some(({ sizeInBytes }) => sizeInBytes < MIN_PART_SIZE))
        throw layerPartTooSmall();
      const bytes = Buffer.concat(parts.map(({ key }) => region.blobs.get(key) ?? new Uint8Array()));
      const layerDigest = sha256(bytes);
      const given = input.layerDigests ?? [];
      if (given.some((digest) => digest !== layerDigest)) {
        throw invalidLayer(`The layer has the digest '${layerDigest}', not '${given.join(', ')}'`);
      }
      dropUpload(region, upload);
      if (repository.layers.some(({ digest }) => digest === layerDigest))
        throw layerExists(layerDigest, identity);
      addLayer(region, repository, layerDigest, bytes);
      return { ...identity, uploadId, layerDigest };
    },
  },
} satisfies Operations<typeof ECR>;
