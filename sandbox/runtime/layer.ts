/** Applies a layer of an image over the layers below it: files, folders, links and whiteouts, never outside the root. */
import { chmod, lchown, link, lstat, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix, relative } from 'node:path';
import type { ParsedTarEntry, TarHeader } from 'modern-tar';
import { LayerError, forEachEntry } from './layer-entries.ts';
import { resolveInside, segments } from './rootfs.ts';

/** The prefix of whiteouts. The entry `.wh.NAME` hides NAME in the lower layers. */
const WHITEOUT = '.wh.';
/** An entry that hides everything that the lower layers have in its folder. */
const OPAQUE = '.wh..wh..opq';
/** Metadata that AUFS left in old layers, which must be ignored according to the image specification. */
const AUFS_PREFIX = '.wh..wh.';

/**
 * Writes a layer into the root file system. Devices and pipes are skipped, because they would need root.
 * @param layer a tar archive, plain or gzipped
 * @param root the folder that contains the lower layers
 * @param keepOwners whether files keep their owners, which only root can give them
 * @throws LayerError for an archive that cannot be read, or an entry that would be written outside the root
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export async function applyLayer(layer: Uint8Array, root: string, keepOwners = false): Promise<void> {
  // Whiteouts are applied first, wherever they are in the archive, because they hide only files of lower layers.
  await forEachEntry(layer, async ({ header }) => {
    if (isWhiteout(header)) await applyWhiteout(header, root);
  });
  await forEachEntry(layer, async (entry) => {
    if (isWhiteout(entry.header)) return;
    await writeEntry(entry, root);
    if (keepOwners) await setOwner(entry.header, root);
  });
}

async function setOwner(header: TarHeader, root: string): Promise<void> {
  const { name, type = 'file', uid = 0, gid = 0, mode } = header;
  if (!['file', 'directory', 'symlink'].includes(type)) return;
  const path = await resolveInside(root, entryPath(name), 'keep');
  await lchown(path, uid, gid);
  // A change of the owner may clear permissions.
  if (type !== 'symlink' && path !== join(root)) await chmod(path, permissions(mode, 0o600));
}

function isWhiteout({ name }: TarHeader): boolean {
  return basename(name).startsWith(WHITEOUT);
}

async function applyWhiteout(header: TarHeader, root: string): Promise<void> {
  const path = entryPath(header.name);
  const name = basename(path);
  if (name === OPAQUE) {
    const folder = await resolveInside(root, dirname(path));
    for (const child of await childrenOf(folder)) await remove(join(folder, child));
  } else if (!name.startsWith(AUFS_PREFIX)) {
    const hidden = name.slice(WHITEOUT.length);
    if (['', '.', '..'].includes(hidden)) throw outsideRoot(path);
    await remove(await resolveInside(root, join(dirname(path), hidden), 'keep'));
  }
}

async function writeEntry({ header, body }: ParsedTarEntry, root: string): Promise<void> {
  const path = await resolveInside(root, entryPath(header.name), 'keep');
  if (path === join(root)) return;
  await mkdir(dirname(path), { recursive: true });
  switch (header.type ?? 'file') {
    case 'directory':
      if (!(await isFolder(path))) {
        await remove(path);
        await mkdir(path);
      }
      return chmod(path, permissions(header.mode, 0o700));
    case 'file':
      await remove(path);
      await writeFile(path, body, { flag: 'wx' });
      return chmod(path, permissions(header.mode, 0o600));
    case 'symlink':
      await remove(path);
      return symlink(targetInside(root, path, header.linkname ?? ''), path);
    case 'link': {
      const target = await resolveInside(root, entryPath(header.linkname ?? ''), 'keep');
      if (target === path) return;
      await remove(path);
      return link(target, path).catch((cause: unknown) => {
        throw new LayerError(`${header.name} is a hard link to ${header.linkname}, which does not exist`, {
          cause,
        });
      });
    }
    default:
      return;
  }
}

/** Returns the name of an entry as a path below `/`; archives may write it as `./name` or `/name`. */
function entryPath(name: string): string {
  if (name.split('/').includes('..') || name.includes('\0')) throw outsideRoot(name);
  return segments(name).join('/');
}

/** Rewrites a link target so that it works without a chroot: as a relative path that never leads above the root. */
function targetInside(root: string, path: string, target: string): string {
  const folder = dirname(path);
  const absolute = posix.resolve('/', relative(root, folder), target);
  return relative(folder, join(root, absolute)) || '.';
}

/** Returns the archive's permissions without set-user-id, plus the permissions that the owner always needs. */
function permissions(mode: number | undefined, neededByOwner: number): number {
  return ((mode ?? 0o755) & 0o777) | neededByOwner;
}

function outsideRoot(name: string): LayerError {
  return new LayerError(`${name} would be written outside the root file system`);
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function childrenOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
