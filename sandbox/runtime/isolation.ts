/** Isolates the programs of containers as far as this machine allows it: read-only file systems and users. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { blockedFolder, openToOthers } from './file-modes.ts';
import { mountScript, mountsOfThisMachine, type MountSettings } from './mounts.ts';
import type { UserIds } from './user.ts';

/** A program to start. */
export interface IsolatedProgram {
  readonly file: string;
  readonly args: readonly string[];
  /** The user to switch to before the start; by default the user of this process. */
  readonly user?: UserIds | undefined;
}

/** The settings of one container. */
export interface IsolationSettings extends MountSettings {
  readonly user: UserIds;
}

/** The isolation that this machine offers. */
export interface Isolation {
  /** Wraps a container's program in another program, which isolates it. */
  wrap(program: { file: string; args: readonly string[] }, settings: IsolationSettings): IsolatedProgram;
  /** Whether a container can have volumes. Otherwise its programs use /tmp of this machine, and other volumes are not possible. */
  readonly hasVolumes: boolean;
  /** Whether a container of this user can be kept from writing to a read-only root. */
  protectsFrom(user: UserIds): boolean;
  /** Whether a read-only file system has to be made with file modes, because mounts are not available. */
  readonly needsReadOnlyModes: boolean;
  /** Whether containers run as other users of this machine. These users need access to the folders of the containers. */
  readonly hasOtherUsers: boolean;
  /** What is not enforced and why, for the user. */
  readonly limitations: readonly string[];
}

/** The folders of the programs that change namespaces and mounts. */
const PROGRAM_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
/** A user to test with. */
const TEST_USER: UserIds = { uid: 1000, gid: 1000 };

/** No isolation: programs run as this process does. */
export const noIsolation: Isolation = {
  wrap: (program) => program,
  hasVolumes: false,
  protectsFrom: () => false,
  needsReadOnlyModes: false,
  hasOtherUsers: false,
  limitations: [],
};

/**
 * Tests which isolation this machine offers. Linux may offer namespaces. If this process runs as root, containers may be
 * able to run as other users.
 * @param folder the parent of the tasks' folders; it must exist
 */
export async function detectIsolation(folder: string): Promise<Isolation> {
  const isRoot = process.getuid?.() === 0;
  const closedFolder = isRoot ? await prepareForOthers(folder) : undefined;
  const hasOtherUsers = isRoot && closedFolder === undefined && canSwitchUser();
  const withNamespaces = process.platform === 'linux' ? namespaceIsolation(folder, hasOtherUsers) : undefined;
  if (withNamespaces && (await isEffective(withNamespaces, folder))) {
    return { ...withNamespaces, limitations: isRoot && !hasOtherUsers ? [rootLimitation(closedFolder)] : [] };
  }
  return fileModeIsolation(hasOtherUsers, closedFolder);
}

/**
 * Returns the isolation of a machine without usable namespaces: file modes, and other users if root may switch to them.
 * @param closedFolder a folder that other users cannot enter, if this prevents root from running containers as other users
 */
export function fileModeIsolation(hasOtherUsers: boolean, closedFolder?: string): Isolation {
  const isRoot = process.getuid?.() === 0;
  return {
    wrap: (program, { user }) => (hasOtherUsers && user.uid !== 0 ? { ...program, user } : program),
    hasVolumes: false,
    protectsFrom: ({ uid }) => !isRoot || (hasOtherUsers && uid !== 0),
    needsReadOnlyModes: true,
    hasOtherUsers,
    limitations: [
      isRoot && !hasOtherUsers
        ? 'read-only root file systems are not enforced, since root can write to every file'
        : 'read-only root file systems are enforced by file modes, only inside the image, and not for root',
      ...(hasOtherUsers
        ? []
        : [isRoot ? rootLimitation(closedFolder) : 'containers run as your user, whatever user they name']),
    ],
  };
}

const rootLimitation = (closedFolder: string | undefined): string =>
  `containers run as root, whatever user they name: ${closedFolder === undefined ? 'root may not change its user here' : `other users cannot enter ${closedFolder}`}`;

/** Opens the sandbox's own folders to other users. Returns a description of a folder that they still cannot enter. */
async function prepareForOthers(folder: string): Promise<string | undefined> {
  await openToOthers(folder);
  if ((process.umask() & 0o055) !== 0) return 'new folders, because of the umask';
  return blockedFolder([folder, import.meta.dirname, process.execPath]);
}

const canSwitchUser = (): boolean => spawnSync('/bin/sh', ['-c', ':'], TEST_USER).status === 0;

/** Returns an isolation that uses Linux's namespaces; undefined when one of the programs is missing. */
function namespaceIsolation(folder: string, hasOtherUsers: boolean): Isolation | undefined {
  const find = (name: string) =>
    PROGRAM_FOLDERS.map((path) => join(path, name)).find((path) => existsSync(path));
  const [unshare, mount, umount, pivotRoot] = [
    find('unshare'),
    find('mount'),
    find('umount'),
    find('pivot_root'),
  ];
  if (!unshare || !mount || !umount || !pivotRoot) return undefined;
  const programs = { mount, umount, pivotRoot };
  const mounts = mountsOfThisMachine();
  const isRoot = process.getuid?.() === 0;
  const asUser = ({ uid, gid }: UserIds, ...options: string[]) =>
    hasOtherUsers && uid !== 0
      ? [unshare, `--setgid=${gid}`, `--setuid=${uid}`, '--']
      : [unshare, '--user', `--map-user=${uid}`, `--map-group=${gid}`, ...options, '--'];
  const withMounts = (settings: MountSettings) => [
    ...[unshare, ...(isRoot ? [] : ['--user', '--map-root-user'])],
    ...['--mount', '--propagation', 'private', '--', '/bin/sh', '-c'],
    ...[mountScript(programs, mounts, folder, settings), 'sh'],
  ];
  return {
    wrap({ file, args }, settings) {
      const { user, readOnly, volumes, root } = settings;
      const hasMounts = readOnly || volumes.length > 0 || root !== undefined;
      // In a user namespace, root would lose its rights over the files of other users in the image.
      const isRealRoot = !readOnly && isRoot && user.uid === 0;
      const asUserOfImage = isRealRoot ? [] : asUser(user, ...(hasMounts ? ['--mount'] : []));
      // The second mount namespace belongs to the second user namespace, which cannot undo the mounts of the first.
      const [program = '', ...rest] = [
        ...(hasMounts ? withMounts(settings) : []),
        ...asUserOfImage,
        file,
        ...args,
      ];
      return { file: program, args: rest };
    },
    hasVolumes: true,
    protectsFrom: () => true,
    needsReadOnlyModes: false,
    hasOtherUsers,
    limitations: [],
  };
}

/** Whether an isolation works on this machine: a test program can write only to the folder that must stay writable. */
async function isEffective(isolation: Isolation, folder: string): Promise<boolean> {
  const testFolder = await mkdtemp(join(folder, 'test-'));
  try {
    await chmod(testFolder, 0o777);
    const writableFolder = await mkdtemp(join(testFolder, 'records-'));
    await chmod(writableFolder, 0o777);
    const code = `: > "$0/a" || exit 1; (: > "$1/b") 2>/dev/null && exit 2; test "$(id -u)" = ${TEST_USER.uid}`;
    const settings = { user: TEST_USER, readOnly: true, writableFolder, volumes: [], neededFolders: [] };
    const { file, args } = isolation.wrap(
      { file: '/bin/sh', args: ['-c', code, writableFolder, testFolder] },
      settings,
    );
    return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
  } finally {
    await rm(testFolder, { recursive: true, force: true });
  }
}
