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

/** Returns the path of an OCI runtime, or undefined on a machine without one. */
export type FindRuntime = () => string | undefined;

/** Makes a function that looks for a runtime until it finds one: a user may install one while the sandbox runs. */
export function ociRuntimeFinder(find: FindRuntime = findOciRuntime): FindRuntime {
  let found: string | undefined;
  return () => (found ??= find());
}

const withSeccomp = new Map<string, boolean>();

/** Whether a runtime can filter the system calls of containers, according to its version. @param file its absolute path */
export function filtersSystemCalls(file: string): boolean {
  const known = withSeccomp.get(file);
  if (known !== undefined) return known;
  // runc names the version of the library, and crun lists what it was built with.
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  const filters = /libseccomp|\+SECCOMP/.test(stdout);
  withSeccomp.set(file, filters);
  return filters;
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
