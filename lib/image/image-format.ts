/** The parts of the OCI image format that all images of Slipway share. */
import { createHash } from 'node:crypto';

/** @see https://github.com/opencontainers/image-spec/blob/main/media-types.md */
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
export const ARCHIVE_TYPE = 'application/vnd.oci.image.layer.v1.tar';
export const OCI_LAYER_TYPE = `${ARCHIVE_TYPE}+gzip`;

/** The id of the user that owns all files and runs the program. The official Node images call this user `node`. */
export const NODE_USER_ID = 1000;
/** A fixed time: if images contained the time of their build, they would all be different. */
export const EPOCH = new Date(0);
/**
 * The volumes that an image declares. ECS gives a volume the permissions of the folder only if the image declares it as a volume.
 * Otherwise only root can write to it.
 */
export const TEMPORARY_VOLUME = { '/tmp': {} };

/** Returns the volumes that an image declares: for temporary files, and for the folders that its program can write to. */
export const imageVolumes = (writable: readonly string[] = []): Record<string, object> => ({
  ...TEMPORARY_VOLUME,
  ...Object.fromEntries(writable.map((folder) => [folder, {}])),
});

/** Returns the digest of a blob, `sha256:…`. */
export const digestOf = (content: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;
