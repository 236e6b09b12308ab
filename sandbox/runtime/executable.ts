/** Checks that Linux can execute a file. Without the check, the C library would pass files in unknown formats to the shell. */
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { endianness } from 'node:os';

/** The processor numbers in ELF files, by Node's name for the processor. */
const ELF_MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183, ia32: 3, arm: 40 };
const HEAD_BYTES = 256;

/**
 * Returns the error code with which Linux would refuse to execute a file. Undefined when Linux would execute the file, and
 * on other operating systems.
 * @see https://man7.org/linux/man-pages/man2/execve.2.html
 */
export async function executionErrorOf(file: string): Promise<'ENOEXEC' | 'ENOENT' | undefined> {
  if (process.platform !== 'linux') return undefined;
  const handle = await open(file).catch(() => undefined);
  // A file may be executable without being readable.
  if (!handle) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    const [, interpreter] = /^#![ \t]*([^\s\0]+)/.exec(head.toString('latin1')) ?? [];
    if (interpreter !== undefined) return existsSync(interpreter) ? undefined : 'ENOENT';
    if (head.toString('latin1', 0, 4) !== '\x7fELF' || head.length < 20) return 'ENOEXEC';
    const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
    const expected = ELF_MACHINES[process.arch];
    return expected === undefined || endianness() === 'BE' || machine === expected ? undefined : 'ENOEXEC';
  } finally {
    await handle.close();
  }
}

/** Returns the reason why the kernel did not execute a file, in a container runtime's wording. */
export function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOEXEC') return 'exec format error';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'ENOENT') return 'no such file or directory';
  return message;
}
