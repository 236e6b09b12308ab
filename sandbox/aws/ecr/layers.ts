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
  layerTooLarge,
  uploadNotFound,
} from './errors.ts';
import { addUpload, dropUpload, keepUpload, uploadKey } from './layer-rows.ts';
import type { UploadRow } from './store.ts';

const MIB = 1024 * 1024;
/** The size of the parts that ECR asks clients to send. */
export const PART_SIZE = 20 * MIB;
export const MIN_PART_SIZE = 5 * MIB;
/** The sandbox's maximum size of a layer, before and after it is unpacked. AWS accepts more. */
const MAX_LAYER_SIZE = 2048 * MIB;

export const sha256 = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Returns an upload and its repository. @throws RepositoryNotFoundException, UploadNotFoundException */
export function uploadOf(
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

export const bytesReceived = ({ parts }: UploadRow): number =>
  parts.reduce((sum, part) => sum + part.sizeInBytes, 0);

/** Returns the digest of what an upload has received. The bytes are read in pieces, because a layer may be large. */
async function digestOfUpload(region: Region, upload: UploadRow): Promise<string> {
  const key = uploadKey(upload);
  // Cuts off the bytes of an unconfirmed part, which a sandbox may have written before it was killed.
  region.blobs.append(key, bytesReceived(upload), new Uint8Array());
  const hash = createHash('sha256');
  for await (const bytes of region.blobs.read(key) ?? []) hash.update(bytes as Uint8Array);
  return `sha256:${hash.digest('hex')}`;
}

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
      const { uploadId } = addUpload(region, repositoryName);
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
      if (nextByte + bytes.length > MAX_LAYER_SIZE) throw layerTooLarge(MAX_LAYER_SIZE);
      region.blobs.append(uploadKey(upload), nextByte, bytes);
      upload.parts.push({ sizeInBytes: bytes.length });
      return { ...identity, uploadId, lastByteReceived: partLastByte };
    },
  },

  CompleteLayerUpload: {
    inputMembers: ['registryId', 'repositoryName', 'uploadId', 'layerDigests'],
    async run(input, region) {
      const { upload: requested } = uploadOf(region, input);
      const { uploadId, parts } = requested;
      if (parts.length === 0) throw emptyUpload(uploadId);
      if (parts.slice(0, -1).some(({ sizeInBytes }) => sizeInBytes < MIN_PART_SIZE))
        throw layerPartTooSmall();
      const sizeInBytes = bytesReceived(requested);
      const layerDigest = await digestOfUpload(region, requested);
      const given = input.layerDigests ?? [];
      if (given.some((digest) => digest !== layerDigest)) {
        throw invalidLayer(`The layer has the digest '${layerDigest}', not '${given.join(', ')}'`);
      }
      // Other calls may have ended or continued the upload while its bytes were read.
      const { repository, identity, upload } = uploadOf(region, input);
      if (bytesReceived(upload) !== sizeInBytes) throw invalidLayer('The layer is still being uploaded');
      if (repository.layers.some(({ digest }) => digest === layerDigest)) {
        dropUpload(region, upload);
        throw layerExists(layerDigest, identity);
      }
      keepUpload(region, repository, upload, { digest: layerDigest, sizeInBytes });
      return { ...identity, uploadId, layerDigest };
    },
  },
} satisfies Operations<typeof ECR>;
