/** Makes the file systems of this machine read-only for one process, in a separate mount namespace. Linux only. */
import { accessSync, constants, readFileSync } from 'node:fs';

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

/**
 * Returns a shell script that remounts everything read-only except one folder, and then runs a command. The arguments of
 * the script are the folder and the command. The script fails if the mount that contains `requiredFolder` cannot be
 * remounted. Other mounts that the user may not change are left as they are.
 * @param mount the program `mount`
 */
export function readOnlyScript(mount: string, mounts: readonly Mount[], requiredFolder: string): string {
  const requiredMountPath = mounts
    .filter(
      ({ path }) => requiredFolder === path || requiredFolder.startsWith(path === '/' ? '/' : `${path}/`),
    )
    .sort((one, other) => other.path.length - one.path.length)[0]?.path;
  const remount = ({ path, options }: Mount) =>
    `${quote(mount)} -o ${['remount', 'bind', 'ro', ...options].join(',')} ${quote(path)}`;
  return [
    `${quote(mount)} --bind "$1" "$1" || exit 125`,
    ...mounts.map(
      (one) => `${remount(one)} ${one.path === requiredMountPath ? '|| exit 125' : '2>/dev/null || :'}`,
    ),
    'shift',
    'exec "$@"',
  ].join('\n');
}

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
