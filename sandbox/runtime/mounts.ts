/** Changes the mounts of one process, in a separate mount namespace: read-only file systems, and volumes. Linux only. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BindMount, StagedRoot } from './staged-root.ts';

/** File systems that are not storage: programs may write to /proc and /dev even when their root is read-only. */
const NOT_STORAGE = /^\/(?:proc|sys|dev)(?:\/|$)/;

/** The mount options that a remount must repeat, because a user namespace may not remove them. */
const KEPT_OPTIONS = ['nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime'];

/** A mounted file system that programs could write to. */
export interface Mount {
  readonly path: string;
  readonly options: readonly string[];
}

/**
 * Parses the mounts that are writable storage.
 * @param mountinfo the contents of /proc/self/mountinfo
 * @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 */
export function writableMounts(mountinfo: string): Mount[] {
  const mounts = new Map<string, Mount>();
  for (const line of mountinfo.trim().split('\n')) {
    const [, , , , escaped = '', optionText = ''] = line.split(' ');
    const path = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    );
    const options = optionText.split(',');
    // A later mount hides an earlier one at the same path.
    mounts.delete(path);
    if (options.includes('ro') || NOT_STORAGE.test(path)) continue;
    mounts.set(path, { path, options: options.filter((option) => KEPT_OPTIONS.includes(option)) });
  }
  return [...mounts.values()];
}

/** The mounts of one container. */
export interface MountSettings {
  /** The folder of the runtime's records, which stays writable. */
  readonly writableFolder: string;
  readonly readOnly: boolean;
  /** The volumes, with the folders of this machine that they replace. */
  readonly volumes: readonly BindMount[];
  /** Another root, for volumes at paths that this machine does not have. */
  readonly root?: StagedRoot | undefined;
  /** The folders that the container needs. Those that a volume would hide stay visible. */
  readonly neededFolders: readonly string[];
}

/** The programs that change mounts. */
export interface MountPrograms {
  readonly mount: string;
  readonly umount: string;
  readonly pivotRoot: string;
}

/**
 * Returns a shell script that changes the mounts of its process, and then runs the command in its arguments. Everything but the
 * writable folders is remounted read-only, if the container has a read-only root. The script fails if the mount that contains
 * `requiredFolder` cannot be remounted. Other mounts that the user may not change are left as they are.
 */
export function mountScript(
  { mount, umount, pivotRoot }: MountPrograms,
  mounts: readonly Mount[],
  requiredFolder: string,
  { writableFolder, readOnly, volumes, root, neededFolders }: MountSettings,
): string {
  const bind = (from: string, to: string, option = '--bind') =>
    `${quote(mount)} ${option} ${quote(from)} ${quote(to)} || exit 125`;
  const remount = (path: string, options: readonly string[]) =>
    `${quote(mount)} -o ${['remount', 'bind', 'ro', ...options].join(',')} ${quote(path)}`;
  const requiredPath = mountOf(mounts, requiredFolder)?.path;
  const sources = new Set([...volumes, ...(root?.volumes ?? [])].map(({ from }) => from));
  // A volume that hides needed folders is mounted after those that are mounted in them. The folders are mounted in it before, with
  // everything that is mounted in them.
  const hiddenIn = (volume: BindMount): string[] =>
    outermost(neededFolders.filter((folder) => isBelow(volume, folder)));
  const ordered = [...volumes].sort((one, other) => hiddenIn(one).length - hiddenIn(other).length);
  return [
    bind(writableFolder, writableFolder),
    ...[...sources].map((from) => bind(from, from)),
    ...(readOnly
      ? mounts.map(
          ({ path, options }) =>
            `${remount(path, options)} ${path === requiredPath ? '|| exit 125' : '2>/dev/null || :'}`,
        )
      : []),
    ...ordered.flatMap((volume) => [
      ...hiddenIn(volume).map((folder) => bind(folder, placeIn(volume, folder), '--rbind')),
      bind(volume.from, volume.to, '--rbind'),
    ]),
    ...(root === undefined
      ? []
      : [
          'folder=$PWD',
          bind(root.folder, root.folder),
          ...[...root.parts, ...root.volumes].map(({ from, to }) => bind(from, to, '--rbind')),
          // The old root ends up at the same place as the new one, and is detached there.
          `cd ${quote(root.folder)} && ${quote(pivotRoot)} . . && ${quote(umount)} -l . && cd "$folder" || exit 125`,
        ]),
    'exec "$@"',
  ].join('\n');
}

/** Returns the folders in volumes that must exist before they are mounted, because needed folders are mounted there. */
export const mountPointsIn = (volumes: readonly BindMount[], neededFolders: readonly string[]): string[] =>
  volumes.flatMap((volume) =>
    neededFolders.filter((folder) => isBelow(volume, folder)).map((folder) => placeIn(volume, folder)),
  );

const placeIn = ({ from, to }: BindMount, folder: string): string => join(from, relative(to, folder));

/** Whether a volume hides a folder. */
const isBelow = ({ to }: BindMount, folder: string): boolean => folder.startsWith(`${to}/`);

/** Returns the folders that are not below another one of them. */
const outermost = (folders: readonly string[]): string[] =>
  [...new Set(folders)].filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));

/** Returns the mount that contains a folder. */
const mountOf = (mounts: readonly Mount[], folder: string): Mount | undefined =>
  mounts
    .filter(({ path }) => folder === path || folder.startsWith(path === '/' ? '/' : `${path}/`))
    .sort((one, other) => other.path.length - one.path.length)[0];

/** Reads the writable mounts of this machine that this user can enter. */
export const mountsOfThisMachine = (): Mount[] =>
  writableMounts(readFileSync('/proc/self/mountinfo', 'utf8')).filter(({ path }) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
