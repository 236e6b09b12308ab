/** Clones a folder of unpacked layers: folders and links are copied, and files are shared as hard links. */
import {
  copyFileSync,
  linkSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { chmodSync, lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** The error codes of file systems without hard links, and of files that have the maximum number of them. */
const NO_LINK = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/**
 * Clones a folder. A file may then be replaced in the clone, but must not be written to: the original would change as well.
 * @param keepOwners whether folders and links keep their owners, which only root can give them
 * @throws a system error, such as EEXIST when the clone exists
 */
export async function cloneTree(from: string, to: string, keepOwners: boolean): Promise<void> {
  const folder = lstatSync(from);
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await cloneTree(source, target, keepOwners);
    else if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), target);
      if (keepOwners) setOwner(target, lstatSync(source));
    } else shareFile(source, target);
  }
  if (keepOwners) setOwner(to, folder);
  // The owner must be able to add the files of the next layer.
  chmodSync(to, (folder.mode & 0o1777) | 0o700);
  await nextTurn();
}

function shareFile(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    if (!NO_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    copyFileSync(source, target);
  }
}

const setOwner = (path: string, { uid, gid }: Stats): void => lchownSync(path, uid, gid);
