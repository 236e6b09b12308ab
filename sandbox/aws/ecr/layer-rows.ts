/** Uploads, and the bytes of layers: stored once per region for all repositories, and freed when the last repository drops them. */
import type { Readable } from 'node:stream';
import type { Region } from '../../world/region.ts';
import type { LayerRow, RepositoryRow, UploadRow } from './store.ts';

/** The lifetime of an unfinished upload: a day, in milliseconds. AWS does not document it. */
const UPLOAD_LIFETIME = 24 * 3600 * 1000;
/** The maximum number of unfinished uploads in a region. The sandbox ends the oldest ones. */
const MAX_UPLOADS = 1000;

/** Returns the key of a layer's bytes. The key contains the region, since regions do not share layers. */
const blobKey = ({ name }: Region, digest: string): string => `${name}/${digest}`;

/** Returns the bytes of a layer or of an image configuration, as they were pushed. */
export const layerBytes = (region: Region, digest: string): Uint8Array | undefined =>
  region.blobs.get(blobKey(region, digest));

/** Whether the bytes of a layer are stored. */
export const hasLayer = (region: Region, digest: string): boolean =>
  region.blobs.has(blobKey(region, digest));

/** Returns the bytes of a layer as a stream. */
export const readLayer = (region: Region, digest: string): Readable | undefined =>
  region.blobs.read(blobKey(region, digest));

/** Returns the key of the bytes that an upload has received. */
export const uploadKey = ({ uploadId }: UploadRow): string => `upload/${uploadId}`;

/** Starts an upload. Ends old ones that were not completed, so that interrupted pushes do not fill the disk. */
export function addUpload(region: Region, repositoryName: string): UploadRow {
  const { uploads } = region.ecr;
  const startedAt = region.now();
  const rows = uploads.all();
  const tooMany = rows.length + 1 - MAX_UPLOADS;
  rows
    .filter((row, index) => index < tooMany || startedAt.getTime() - timeOf(row) > UPLOAD_LIFETIME)
    .forEach((row) => dropUpload(region, row));
  const uploadId = region.uuid();
  return uploads.set(uploadId, { uploadId, repositoryName, parts: [], startedAt });
}

const timeOf = ({ startedAt }: UploadRow): number => startedAt?.getTime() ?? 0;

/** Ends an upload, and makes what it received available as a layer of a repository. */
export function keepUpload(
  region: Region,
  repository: RepositoryRow,
  upload: UploadRow,
  layer: LayerRow,
): void {
  const key = blobKey(region, layer.digest);
  if (!region.blobs.has(key)) region.blobs.move(uploadKey(upload), key);
  repository.layers.push(layer);
  dropUpload(region, upload);
}

/** Makes a layer available in a second repository. Its bytes are already stored. */
export function shareLayer(repository: RepositoryRow, layer: LayerRow): void {
  if (!repository.layers.some(({ digest }) => digest === layer.digest)) repository.layers.push({ ...layer });
}

/** Removes layers from a repository and frees the bytes that no repository uses any more. */
export function removeLayers(
  region: Region,
  repository: RepositoryRow,
  mustRemove: (layer: LayerRow) => boolean,
): void {
  const removed = repository.layers.filter(mustRemove);
  repository.layers = repository.layers.filter((layer) => !mustRemove(layer));
  const isUsed = (digest: string) =>
    region.ecr.repositories.all().some(({ layers }) => layers.some((layer) => layer.digest === digest));
  for (const { digest } of removed) if (!isUsed(digest)) region.blobs.delete(blobKey(region, digest));
}

/** Ends an upload and frees what it received. */
export function dropUpload(region: Region, upload: UploadRow): void {
  region.blobs.delete(uploadKey(upload));
  region.ecr.uploads.delete(upload.uploadId);
}
