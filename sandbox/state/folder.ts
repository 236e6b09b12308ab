/** Makes the folder of a sandbox: only its owner can read it, and git ignores it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file in the folder with the certificate of the sandbox's authority, for `curl --cacert`. */
export const AUTHORITY_FILE = 'authority.pem';

/**
 * Makes a folder and its missing parents. The topmost new folder gets a `.gitignore`; existing folders stay as they are.
 * @throws the error of mkdir when the folder cannot be made
 */
export function makeSandboxFolder(folder: string): void {
  const topmost = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (topmost !== undefined) writeFileSync(join(topmost, '.gitignore'), '*\n', { mode: 0o600 });
}
