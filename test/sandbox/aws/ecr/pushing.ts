/** Pushes images as clients do, with the fewest possible calls. */
import {
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
  type CreateRepositoryCommandInput,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import { createHash } from 'node:crypto';

export const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

export const digestOf = (content: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

type Content = string | Uint8Array;

const bytesOf = (content: Content): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

export const makeRepository = (
  ecr: ECRClient,
  repositoryName: string,
  rest: Partial<CreateRepositoryCommandInput> = {},
) => ecr.send(new CreateRepositoryCommand({ repositoryName, ...rest }));

/** Uploads a layer in one part, and returns its digest. */
export async function pushLayer(ecr: ECRClient, repositoryName: string, content: Content): Promise<string> {
  const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
  const layerPartBlob = bytesOf(content);
  await ecr.send(
    new UploadLayerPartCommand({
      repositoryName,
      uploadId,
      partFirstByte: 0,
      partLastByte: layerPartBlob.length - 1,
      layerPartBlob,
    }),
  );
  const layerDigests = [digestOf(content)];
  const done = await ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests }));
  return done.layerDigest ?? '';
}

/** Returns the manifest of an image with this configuration and these layers. */
export const manifestOf = (config: string, layers: Content[]): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_IMAGE,
    config: { mediaType: OCI_CONFIG, digest: digestOf(config), size: config.length },
    layers: layers.map((layer) => ({ mediaType: OCI_LAYER, digest: digestOf(layer), size: layer.length })),
  });

/** Uploads missing layers, puts the manifest, and returns its digest. */
export async function pushImage(
  ecr: ECRClient,
  repositoryName: string,
  config: string,
  layers: Content[],
  imageTag?: string,
): Promise<string> {
  for (const content of [config, ...layers]) {
    await pushLayer(ecr, repositoryName, content).catch((error: Error) => {
      if (error.name !== 'LayerAlreadyExistsException') throw error;
    });
  }
  const imageManifest = manifestOf(config, layers);
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag }));
  return digestOf(imageManifest);
}

/** Returns the manifest of an index, from the digest of the image for each architecture. */
export const indexManifestOf = (images: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: Object.entries(images).map(([architecture, digest]) => ({
      mediaType: OCI_IMAGE,
      digest,
      size: 1,
      platform: { os: 'linux', architecture },
    })),
  });
