/** Finds an OCI runtime on this machine: the program that starts the containers of images without Node. Linux only. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The runtimes, in the order in which they are tried. Docker and Podman bring one of them along. */
const OCI_RUNTIMES = ['runc', 'crun'] as const;

/**
 * Finds a runtime that works on this machine.
 * @param path the folders to search
 * @returns its absolute path, or undefined if no runtime is installed or `nsenter` is missing, without which its network cannot be entered
 */
export function findOciRuntime(path = process.env.PATH ?? ''): string | undefined {
  if (process.platform !== 'linux' || findProgram('nsenter', path) === undefined) return undefined;
  return OCI_RUNTIMES.map((name) => findProgram(name, path)).find(
    (file) => file !== undefined && spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0,
  );
}

function findProgram(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
