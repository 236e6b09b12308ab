/** The folders that a container with a read-only root can write to: ephemeral volumes, which Fargate deletes with the task. Pure. */
import { createHash } from 'node:crypto';
import type { MountPoint, Volume } from '@aws-sdk/client-ecs';
import type { Container } from '../config/config.ts';

type Writing = Pick<Container, 'name' | 'readOnlyRoot' | 'writable'>;

/** The folder for temporary files. Programs expect that they can write to it, even if everything else is read-only. */
const TEMPORARY_FOLDER = '/tmp';

/** The number of characters of a path in the name of its volume. */
const MAX_NAME = 100;

const foldersOf = ({ readOnlyRoot, writable = [] }: Writing): string[] =>
  readOnlyRoot ? [TEMPORARY_FOLDER, ...writable] : [];

/** Each container has separate volumes, as it has separate folders without a read-only root. */
const volumeOf = ({ name }: Writing, folder: string): string =>
  folder === TEMPORARY_FOLDER ? `${name}-tmp` : `${name}${slug(folder)}-${hash(folder)}`;

const slug = (folder: string): string => folder.replace(/[^A-Za-z0-9]+/g, '-').slice(0, MAX_NAME);

/** Distinguishes paths that differ only in characters that a name cannot have. */
const hash = (folder: string): string => createHash('sha256').update(folder).digest('hex').slice(0, 4);

/** Returns the volumes of a task for its containers. */
export const volumesOf = (containers: readonly Writing[]): Volume[] =>
  containers.flatMap((container) =>
    foldersOf(container).map((folder) => ({ name: volumeOf(container, folder) })),
  );

/**
 * Returns the mount points of a container. A volume is root's, unless the image declares the folder as a volume: then it has the
 * content, the owner and the mode of the folder in the image.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
export const mountPointsOf = (container: Writing): MountPoint[] =>
  foldersOf(container).map((folder) => ({
    sourceVolume: volumeOf(container, folder),
    containerPath: folder,
    readOnly: false,
  }));
