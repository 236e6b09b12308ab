/** Pushes an image to ECR through the AWS API: first the missing blobs, then the manifest. */
import {
  BatchCheckLayerAvailabilityCommand,
  CompleteLayerUploadCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { isCode, isUnimplemented, messageOf } from '../aws/errors.ts';
import type { Aws } from '../aws/clients.ts';
import { problem, type Problem } from '../model/problem.ts';
import { waitForAll } from '../engine/concurrent.ts';
import type { Bundle, LayeredImage } from './builds.ts';
import { inBlocks } from './layer.ts';

/** Bytes per part. AWS requires at least 5 MiB of every part but the last, and accepts at most 20 MiB. */
const PART_BYTES = 10 * 1024 * 1024;
/** The maximum number of uploads that are started for a blob. */
const MAX_UPLOADS = 3;

type Image = Pick<LayeredImage, 'tag' | 'digest' | 'manifest' | 'mediaType' | 'blobs'> | Bundle;
type Blob = Image['blobs'][number];

/** The repository that an image is pushed to. */
export interface Repository {
  readonly aws: Pick<Aws, 'ecr'>;
  readonly repositoryName: string;
  /** Whether it belongs to an emulator: some emulators accept manifests, but no layers. */
  readonly isEmulator: boolean;
  note(text: string): void;
}

/**
 * Pushes an image under its tag. Blobs that are already in the repository, e.g. those of an unchanged base image, are not sent
 * again. Nothing is sent before every missing blob is on this machine. An emulator without operations for layers gets the
 * manifest alone.
 * @throws FOREIGN when the tag belongs to another image; BASE_IMAGE, DISK_FULL
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
 */
export async function pushImage(repository: Repository, image: Image): Promise<void> {
  try {
    const missing = await missingBlobs(repository, image);
    await waitForAll(missing.map(async (blob) => 'prepare' in blob && blob.prepare()));
    // Waits for all uploads even if one fails, so that no upload continues after this promise has settled.
    await waitForAll(missing.map((blob) => upload(repository, blob)));
  } catch (error) {
    if (!repository.isEmulator || !isUnimplemented(error)) throw error;
    repository.note('this endpoint accepts no image layers: only the manifest is pushed');
  }
  await putImage(repository, image);
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html */
async function missingBlobs({ aws, repositoryName }: Repository, { blobs }: Image): Promise<Blob[]> {
  const layerDigests = blobs.map(({ digest }) => digest);
  const { layers = [] } = await aws.ecr(
    new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests }),
  );
  const available = new Set(
    layers
      .filter(({ layerAvailability }) => layerAvailability === 'AVAILABLE')
      .map(({ layerDigest }) => layerDigest),
  );
  return blobs.filter(({ digest }) => !available.has(digest));
}

/**
 * Uploads a blob. When the response to a call is lost, the call is retried, and ECR then rejects a part that it already has, or
 * an upload that it has already completed. A new upload resolves that: it succeeds, or reports that the layer already exists.
 */
async function upload(repository: Repository, blob: Blob): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await uploadOnce(repository, blob);
    } catch (error) {
      if (isCode(error, 'LayerAlreadyExists')) return;
      if (attempt === MAX_UPLOADS || !isCode(error, 'InvalidLayerPart', 'UploadNotFound')) throw error;
    }
  }
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html */
async function uploadOnce({ aws, repositoryName }: Repository, blob: Blob): Promise<void> {
  const { uploadId } = await aws.ecr(new InitiateLayerUploadCommand({ repositoryName }));
  let partFirstByte = 0;
  for await (const layerPartBlob of partsOf(blob)) {
    const partLastByte = partFirstByte + layerPartBlob.length - 1;
    await aws.ecr(
      new UploadLayerPartCommand({ repositoryName, uploadId, partFirstByte, partLastByte, layerPartBlob }),
    );
    partFirstByte = partLastByte + 1;
  }
  await aws.ecr(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [blob.digest] }));
}

function* partsInMemory(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PART_BYTES)
    yield bytes.subarray(start, start + PART_BYTES);
}

/** Returns the parts of a blob. Those of a blob on disk are read one at a time. */
const partsOf = (blob: Blob): Iterable<Uint8Array> | AsyncIterable<Uint8Array> =>
  'bytes' in blob ? partsInMemory(blob.bytes) : inBlocks(blob.read(), PART_BYTES);

async function putImage({ aws, repositoryName }: Repository, image: Image): Promise<void> {
  try {
    await aws.ecr(
      new PutImageCommand({
        repositoryName,
        imageManifest: image.manifest,
        imageManifestMediaType: image.mediaType,
        imageTag: image.tag,
        imageDigest: image.digest,
      }),
    );
  } catch (error) {
    // The same digest under the same tag: the image is already as it should be.
    if (isCode(error, 'ImageAlreadyExists')) return;
    if (isCode(error, 'ImageTagAlreadyExists')) throw tagTaken(repositoryName, image.tag, error);
    throw error;
  }
}

const tagTaken = (repositoryName: string, tag: string, cause: unknown): Problem =>
  problem('FOREIGN', {
    what: `The tag ${tag} in the repository ${repositoryName} belongs to another image.`,
    why: messageOf(cause),
    now: 'That image was left as it is. Our layers are in the repository, where no image uses them.',
    fix: [
      `aws ecr batch-delete-image --repository-name ${repositoryName} --image-ids imageTag=${tag}`,
      'npm run provision, to continue from here',
    ],
    cause,
  });
