/** Reads regular files. A pipe or a device would block the process, or never end, so it is not opened for reading. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Opens without waiting: a pipe that nothing writes to would otherwise block the open call itself. Windows has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** The maximum size of a file that is read as a whole, bytes: no manifest, lockfile or source file is larger. */
const MAX_BYTES = 256 * 1024 ** 2;

/**
 * Reads the text of a regular file, following links.
 * @throws Error if the path leads to something else, or if the file is larger than 256 MiB
 */
export async function readRegularFile(path: string): Promise<string> {
  const file = await open(path, READ);
  try {
    checkReadable(path, await file.stat());
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Does the same as `readRegularFile`, but blocks the process meanwhile. */
export function readRegularFileSync(path: string): string {
  const file = openSync(path, READ);
  try {
    checkReadable(path, fstatSync(file));
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function checkReadable(path: string, stats: { isFile(): boolean; readonly size: number }): void {
  if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
  if (stats.size > MAX_BYTES) throw new Error(`${path} is larger than ${MAX_BYTES / 1024 ** 2} MiB`);
}
