/** Changes the mounts of one process, in a separate mount namespace: read-only file systems, and a volume at /tmp. Linux only. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

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
  /** The folder that the container sees as `/tmp`; by default it sees that of this machine. */
  readonly temporaryFolder?: string | undefined;
  /** The folders that the container needs. Those below `/tmp` of this machine stay visible. */
  readonly neededFolders: readonly string[];
}

/** The folder that a volume can replace. */
export const TEMPORARY_FOLDER = '/tmp';

/**
 * Returns a shell script that changes the mounts of its process, and then runs the command in its arguments. Everything but the
 * writable folders is remounted read-only, if the container has a read-only root. The script fails if the mount that contains
 * `requiredFolder` cannot be remounted. Other mounts that the user may not change are left as they are.
 * @param mount the program `mount`
 */
export function mountScript(
  mount: string,
  mounts: readonly Mount[],
  requiredFolder: string,
  { writableFolder, readOnly, temporaryFolder, neededFolders }: MountSettings,
): string {
  const bind = (from: string, to: string, option = '--bind') =>
    `${quote(mount)} ${option} ${quote(from)} ${quote(to)} || exit 125`;
  const remount = (path: string, options: readonly string[]) =>
    `${quote(mount)} -o ${['remount', 'bind', 'ro', ...options].join(',')} ${quote(path)}`;
  const requiredPath = mountOf(mounts, requiredFolder)?.path;
  // The places of the needed folders in the volume: the volume will hide the folders themselves.
  const placeOf = (folder: string) =>
    temporaryFolder === undefined ? folder : placeInVolume(temporaryFolder, folder);
  const hidden = temporaryFolder === undefined ? [] : outermost(neededFolders.filter(isHidden));
  return [
    bind(writableFolder, writableFolder),
    ...(temporaryFolder === undefined ? [] : [bind(temporaryFolder, temporaryFolder)]),
    ...hidden.map((folder) => bind(folder, placeOf(folder))),
    ...(temporaryFolder !== undefined && isHidden(writableFolder)
      ? [bind(writableFolder, placeOf(writableFolder))]
      : []),
    ...(readOnly
      ? [
          ...mounts.map(
            ({ path, options }) =>
              `${remount(path, options)} ${path === requiredPath ? '|| exit 125' : '2>/dev/null || :'}`,
          ),
          ...hidden.map(
            (folder) => `${remount(placeOf(folder), mountOf(mounts, folder)?.options ?? [])} || exit 125`,
          ),
        ]
      : []),
    ...(temporaryFolder === undefined ? [] : [bind(temporaryFolder, TEMPORARY_FOLDER, '--rbind')]),
    'exec "$@"',
  ].join('\n');
}

/** Returns the folders in a volume that must exist before it is mounted, because needed folders are mounted there. */
export const mountPointsIn = (temporaryFolder: string, neededFolders: readonly string[]): string[] =>
  neededFolders.filter(isHidden).map((folder) => placeInVolume(temporaryFolder, folder));

const placeInVolume = (temporaryFolder: string, folder: string): string =>
  join(temporaryFolder, relative(TEMPORARY_FOLDER, folder));

/** Whether a volume at /tmp hides a folder. */
const isHidden = (folder: string): boolean => folder.startsWith(`${TEMPORARY_FOLDER}/`);

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
