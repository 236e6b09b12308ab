/** Applies a layer of an image over the layers below it: files, folders, links and whiteouts, never outside the root. */
import {
  closeSync,
  fchmodSync,
  fchownSync,
  linkSync,
  lchownSync,
  lstatSync,
  chmodSync,
  openSync,
  readdirSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { basename, dirname, join, posix, relative } from 'node:path';
import type { ParsedTarEntry, TarHeader } from 'modern-tar';
import { LayerError, forEachEntry } from './layer-entries.ts';
import { layerFolders, type LayerFolders } from './layer-folders.ts';
import { segments } from './rootfs.ts';

/** The prefix of whiteouts. The entry `.wh.NAME` hides NAME in the lower layers. */
const WHITEOUT = '.wh.';
/** An entry that hides everything that the lower layers have in its folder. */
const OPAQUE = '.wh..wh..opq';
/** Metadata that AUFS left in old layers, which must be ignored according to the image specification. */
const AUFS_PREFIX = '.wh..wh.';
/** How long entries are written before other work of this process has its turn, in milliseconds. */
const TURN_MS = 10;

/** A layer that is being applied. */
interface Target extends LayerFolders {
  /** The paths that this layer has written. A whiteout hides only files of lower layers, wherever it is in the archive. */
  readonly written: Set<string>;
  readonly keepOwners: boolean;
}

/**
 * Writes a layer into the root file system. A file is replaced, never overwritten, so that a file that several roots share through
 * hard links keeps its contents. Devices and pipes are skipped, because they would need root.
 * @param layer a tar archive, plain or gzipped
 * @param root the folder that contains the lower layers
 * @param keepOwners whether files keep their owners, which only root can give them
 * @throws LayerError for an archive that cannot be read, or an entry that would be written outside the root
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export async function applyLayer(layer: Uint8Array, root: string, keepOwners = false): Promise<void> {
  const target: Target = { ...layerFolders(root), written: new Set(), keepOwners };
  let turnStartedAt = performance.now();
  await forEachEntry(layer, async (entry) => {
    if (basename(entry.header.name).startsWith(WHITEOUT)) applyWhiteout(entry.header, target);
    else await writeEntry(entry, target);
    if (performance.now() - turnStartedAt < TURN_MS) return;
    await nextTurn();
    turnStartedAt = performance.now();
  });
}

function applyWhiteout(header: TarHeader, target: Target): void {
  const path = entryPath(header.name);
  const name = basename(path);
  if (name === OPAQUE) {
    const folder = dirname(target.pathOf(path));
    for (const child of childrenOf(folder)) hide(join(folder, child), target);
  } else if (!name.startsWith(AUFS_PREFIX)) {
    const hidden = name.slice(WHITEOUT.length);
    if (['', '.', '..'].includes(hidden)) throw outsideRoot(path);
    hide(target.pathOf(join(dirname(path), hidden)), target);
  }
}

/** Removes what the lower layers have at a path and below. */
function hide(path: string, target: Target): void {
  if (!target.written.has(path)) target.remove(path);
  else if (lstatSync(path).isDirectory())
    for (const child of childrenOf(path)) hide(join(path, child), target);
}

async function writeEntry({ header, body }: ParsedTarEntry, target: Target): Promise<void> {
  const path = target.pathOf(entryPath(header.name));
  if (path === target.root) return;
  target.make(dirname(path));
  const mode = header.mode ?? 0o755;
  switch (header.type ?? 'file') {
    case 'directory':
      makeFolder(path, target);
      setOwner(path, header, target);
      // The sticky bit of /tmp is kept.
      chmodSync(path, (mode & 0o1777) | 0o700);
      break;
    case 'file':
      await writeFile(path, header, body, target);
      break;
    case 'symlink':
      create(path, target, () => symlinkSync(targetInside(target.root, path, header.linkname ?? ''), path));
      target.forget();
      setOwner(path, header, target);
      break;
    case 'link':
      if (!hardLink(path, header, target)) return;
      // A hard link to a link is a link, too.
      target.forget();
      break;
    default:
      return;
  }
  for (
    let written = path;
    !target.written.has(written) && written !== target.root;
    written = dirname(written)
  )
    target.written.add(written);
}

function makeFolder(path: string, target: Target): void {
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (existing && !existing.isDirectory()) target.remove(path);
  target.make(path);
}

async function writeFile(
  path: string,
  header: TarHeader,
  body: ParsedTarEntry['body'],
  target: Target,
): Promise<void> {
  const file = create(path, target, () => openSync(path, 'wx', 0o600));
  try {
    if (header.size > 0)
      for await (const part of body) for (let at = 0; at < part.length;) at += writeSync(file, part, at);
    if (target.keepOwners) fchownSync(file, header.uid ?? 0, header.gid ?? 0);
    // After the owner, since a change of the owner may clear permissions. Never set-user-id.
    fchmodSync(file, ((header.mode ?? 0o755) & 0o777) | 0o600);
  } finally {
    closeSync(file);
  }
}

/** @returns whether there is a new link; a link of a file to itself changes nothing */
function hardLink(path: string, header: TarHeader, target: Target): boolean {
  const existing = target.pathOf(entryPath(header.linkname ?? ''));
  if (existing === path) return false;
  create(path, target, () => {
    try {
      linkSync(existing, path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw cause;
      throw new LayerError(`${header.name} is a hard link to ${header.linkname}, which does not exist`, {
        cause,
      });
    }
  });
  return true;
}

/** Creates something at a path, in the place of what the lower layers have there. */
function create<T>(path: string, target: Target, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    target.remove(path);
    return make();
  }
}

function setOwner(path: string, { uid = 0, gid = 0 }: TarHeader, { keepOwners }: Target): void {
  if (keepOwners) lchownSync(path, uid, gid);
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

function outsideRoot(name: string): LayerError {
  return new LayerError(`${name} would be written outside the root file system`);
}

function childrenOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
