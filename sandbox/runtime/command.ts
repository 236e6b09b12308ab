/** Resolves a container's command inside its image, but with Node and the base system of this machine. */
import { access, constants, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix } from 'node:path';
import { resolveInside } from './rootfs.ts';

/** Thrown when a container cannot be started; the message is the `reason` that ECS shows for the container. */
export class CannotStartContainerError extends Error {
  override name = 'CannotStartContainerError';

  /** @param why the reason as container runtimes word it, such as `exec: "x": executable file not found in $PATH` */
  constructor(why: string, options?: ErrorOptions) {
    // Fargate's wording as users report it: https://github.com/jenkinsci/amazon-ecs-plugin/issues/258 and, for newer
    // runtimes, https://github.com/apocas/dockerode/issues/654. Only the last part differs between errors.
    super(
      'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: ' +
        'failed to create shim task: OCI runtime create failed: runc create failed: ' +
        `unable to start container process: ${why}: unknown`,
      options,
    );
  }
}

/** Where to search for a command. */
export interface ProgramSearch {
  /** The folder that is the container's `/`. */
  rootfs: string;
  /** An absolute path as the container sees it. */
  workingDirectory: string;
  /** The container's own PATH. */
  path: string;
}

/** The PATH of a container whose image sets none. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The programs that official Node images have in addition to `node`. Tasks use the ones of this machine. */
export const NODE_TOOLS = ['npm', 'npx'];

const NODE = /^(node|\/([^ ]*\/)?bin\/node)$/;
const SHELL = /^(sh|\/(usr\/)?bin\/sh)$/;
const HOST_BASH = '/bin/bash';
const BASH = /^(bash|\/(usr\/)?bin\/bash)$/;

/**
 * Programs of the base system. Tasks use those of this machine, because the image's programs need the image's libraries.
 */
const BASE_SYSTEM = /^\/(usr\/)?s?bin\//;

/**
 * Converts a health check of a task definition to the command to run; any other command is returned unchanged.
 * @param command `['CMD', 'program', …]` or `['CMD-SHELL', 'text']`
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 */
export function healthCheckCommand(command: readonly string[]): string[] {
  const [form, ...rest] = command;
  if (form === 'CMD') return rest;
  if (form === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')];
  return [...command];
}

/**
 * Finds the program of a command, and maps absolute paths that exist in the image to their paths on this machine.
 * @param command the program and its arguments
 * @param search where to search for the program
 * @returns the file to execute and its arguments
 * @throws CannotStartContainerError when the image has no such program
 */
export async function resolveCommand(
  command: readonly string[],
  search: ProgramSearch,
): Promise<{ file: string; args: string[] }> {
  const [program = '', ...args] = command;
  if (program === '') throw new CannotStartContainerError('no command specified');
  const file = await findProgram(program, search);
  const isShellText = (index: number) =>
    (file === '/bin/sh' || file === HOST_BASH) && /^-[a-z]*c$/.test(args[index - 1] ?? '');
  return {
    file,
    args: await Promise.all(
      args.map((arg, index) =>
        isShellText(index) ? mapShellText(arg, search.rootfs) : mapPath(arg, search.rootfs),
      ),
    ),
  };
}

async function findProgram(program: string, search: ProgramSearch): Promise<string> {
  if (NODE.test(program)) return process.execPath;
  if (SHELL.test(program)) return '/bin/sh';
  if (BASH.test(program) && (await isBashSupplied(search))) return HOST_BASH;
  if (program.includes('/')) {
    const path = posix.resolve(search.workingDirectory, program);
    const file = await resolveInside(search.rootfs, path);
    if (!(await exists(file)))
      throw new CannotStartContainerError(`exec: "${program}": stat ${program}: no such file or directory`);
    if (!(await isExecutable(file)))
      throw new CannotStartContainerError(`exec: "${program}": permission denied`);
    return preferHostProgram(file, path);
  }
  for (const folder of search.path.split(':').filter(isAbsolute)) {
    const file = await resolveInside(search.rootfs, join(folder, program));
    if (await isExecutable(file)) return preferHostProgram(file, join(folder, program));
  }
  const tool = join(dirname(process.execPath), program);
  if (NODE_TOOLS.includes(program) && (await isExecutable(tool))) return tool;
  throw new CannotStartContainerError(`exec: "${program}": executable file not found in $PATH`);
}

/**
 * Whether a container uses this machine's bash. Node's images have bash as well; an image with its own system, such as Alpine's,
 * has only what it contains.
 */
async function isBashSupplied({ rootfs }: ProgramSearch): Promise<boolean> {
  const ownShells = ['/bin/bash', '/usr/bin/bash', '/bin/sh'];
  for (const shell of ownShells) if (await exists(await resolveInside(rootfs, shell))) return false;
  return isExecutable(HOST_BASH);
}

async function preferHostProgram(file: string, path: string): Promise<string> {
  return BASE_SYSTEM.test(path) && (await isExecutable(path)) ? path : file;
}

/**
 * Maps an argument that is an absolute path in the image to its path on this machine; returns other arguments
 * unchanged.
 */
async function mapPath(arg: string, rootfs: string): Promise<string> {
  if (!isAbsolute(arg)) return arg;
  const path = await resolveInside(rootfs, arg);
  return (await exists(path)) ? path : arg;
}

/** Maps the absolute paths in a shell command, and quotes them so that the shell reads each path as one word. */
async function mapShellText(text: string, rootfs: string): Promise<string> {
  const quotedOrPlain = /'[^']*'|"(?:\\.|[^"\\])*"|[^'"]+|['"]/gs;
  const absolutePath = /(?<![\w/:.~-])\/[\w@%+,.-][\w@%+,./-]*/g;
  const parts = (text.match(quotedOrPlain) ?? []).map(async (part) => {
    const found = [...part.matchAll(absolutePath)].map(([path]) => path);
    const mapped = new Map<string, string>();
    for (const path of found) {
      if (NODE.test(path)) mapped.set(path, process.execPath);
      else if (!BASE_SYSTEM.test(path)) mapped.set(path, await mapPath(path, rootfs));
    }
    return part.replace(absolutePath, (path) => {
      const hostPath = mapped.get(path) ?? path;
      return hostPath === path ? path : quoteAs(part[0], hostPath);
    });
  });
  return (await Promise.all(parts)).join('');
}

/** Escapes a path for its context: between single quotes, between double quotes, or unquoted. */
function quoteAs(quote: string | undefined, path: string): string {
  if (quote === "'") return path.replaceAll("'", `'\\''`);
  if (quote === '"') return path.replace(/[$`"\\]/g, '\\$&');
  return path.replace(/[^\w@%+=:,./-]/g, '\\$&');
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return false;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
