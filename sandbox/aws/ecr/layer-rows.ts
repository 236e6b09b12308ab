/** The bytes of layers: stored once per region for all repositories, and freed when the last repository drops them. */
import type { Region } from '../../world/region.ts';
import type { LayerRow, RepositoryRow, UploadRow } from './store.ts';

/** Returns the key of a layer's bytes. The key contains the region, since regions do not share layers. */
const blobKey = ({ name }: Region, digest: string): string => `${name}/${digest}`;

/** Returns the bytes of a layer or of an image configuration, as they were pushed. */
export const layerBytes = (region: Region, digest: string): Uint8Array | undefined =>
  region.blobs.get(blobKey(region, digest));

/** Makes a layer available in a repository. */
export function addLayer(region: Region, repository: RepositoryRow, digest: string, bytes: Uint8Array): void {
  const key = blobKey(region, digest);
  if (!region.blobs.has(key)) region.blobs.put(key, bytes);
  repository.layers.push({ digest, sizeInBytes: bytes.length });
}

/** Removes layers from a repository and frees the bytes that no repository uses any more. */
export function removeLayers(
  region: Region,
  repository: RepositoryRow,
  isRemoved: (layer: LayerRow) => boolean,
): void {
  const removed = repository.layers.filter(isRemoved);
  repository.layers = repository.layers.filter((layer) => !isRemoved(layer));
  const isUsed = (digest: string) =>
    region.ecr.repositories.all().some(({ layers }) => layers.some((layer) => layer.digest === digest));
  for (const { digest } of removed) if (!isUsed(digest)) region.blobs.delete(blobKey(region, digest));
}

/** Ends an upload and frees its parts. */
export function dropUpload(region: Region, { uploadId, parts }: UploadRow): void {
  for (const part of parts) region.blobs.delete(part.key);
  region.ecr.uploads.delete(uploadId);
}
