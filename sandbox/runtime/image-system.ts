/** Decides whether the programs of an image need the image's own system, or run with Node and the base system of this machine. */
import { open, stat } from 'node:fs/promises';
import { isAbsolute, join, posix } from 'node:path';
import type { ProgramSearch } from './command.ts';
import { resolveInside } from './rootfs.ts';

const ELF = '\x7fELF';

/**
 * Whether only a container runtime can run a command of an image: the image has no Node, and either the program is a binary of the
 * image, or the image has its own shell. An image without Node and without a system was made for the sandbox, which supplies both.
 */
export async function needsOwnSystem(
  [program = '']: readonly string[],
  { rootfs, workingDirectory, path }: ProgramSearch,
): Promise<boolean> {
  const folders = path.split(':').filter(isAbsolute);
  const find = async (name: string): Promise<string | undefined> => {
    const candidates = name.includes('/')
      ? [posix.resolve(workingDirectory, name)]
      : folders.map((folder) => join(folder, name));
    for (const candidate of candidates) {
      const file = await resolveInside(rootfs, candidate);
      if ((await stat(file).catch(() => undefined))?.isFile()) return file;
    }
    return undefined;
  };
  if (await find('node')) return false;
  const file = await find(program);
  return (file !== undefined && (await isBinary(file))) || (await find('/bin/sh')) !== undefined;
}

async function isBinary(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(ELF.length), 0, ELF.length, 0);
    return bytesRead === ELF.length && buffer.toString('latin1') === ELF;
  } finally {
    await handle.close();
  }
}
