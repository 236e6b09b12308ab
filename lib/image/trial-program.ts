/** Unpacks a program for a trial run, and finds the file that Node starts. */
import { chmodSync, constants, copyFileSync, lchownSync, linkSync, statSync } from 'node:fs';
import { chmod, lchown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Entry } from '../program/entries.ts';
import type { PackagedProgram } from './builds.ts';
import { PROGRAM, type ProgramFile } from './program.ts';

/** A program that can run on this machine: its files, and the file with which Node starts. All paths are relative to the image. */
export interface TrialProgram {
  readonly entries: readonly Entry[];
  /** The installed packages. Their files are shared with the disk where possible, since no program changes them. */
  readonly packages: readonly Entry[];
  readonly workingFolder: string;
  readonly nodeOptions: readonly string[];
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The maximum number of entries of a program that is tried: unpacking more takes longer than a failed deployment is worth. */
const MAX_ENTRIES = 20_000;
/** The maximum size of a program that is tried, bytes. */
const MAX_BYTES = 200 * 1024 * 1024;
/** Options of Node whose value is the next argument. */
const OPTIONS_WITH_VALUE = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader']);

/** Returns a bundled program as a trial program. */
export const bundledTrial = (files: readonly ProgramFile[]): TrialProgram => ({
  entries: files.map(({ name, bytes }) => ({
    type: 'file',
    path: name,
    mode: 0o644,
    size: bytes.length,
    read: async function* () {
      yield bytes;
    },
  })),
  packages: [],
  workingFolder: '',
  nodeOptions: [],
  file: PROGRAM,
  args: [],
  environment: {},
});

/**
 * Returns a packaged program as a trial program.
 * @returns undefined if it does not start with Node, or is too large to be unpacked for a trial
 */
export function packagedTrial({ files, start: programStart }: PackagedProgram): TrialProgram | undefined {
  const { dependencies, program } = files;
  const count = dependencies.entries.length + program.entries.length;
  if (count > MAX_ENTRIES || dependencies.size + program.size > MAX_BYTES) return undefined;
  const [command = '', ...rest] = [...programStart.entrypoint, ...programStart.command];
  if (!/^(\/([^ ]*\/)?bin\/)?node$/.test(command)) return undefined;
  let start = 0;
  while (rest[start]?.startsWith('-')) start += OPTIONS_WITH_VALUE.has(rest[start] ?? '') ? 2 : 1;
  const [file, ...args] = rest.slice(start);
  if (file === undefined) return undefined;
  return {
    entries: program.entries,
    packages: dependencies.entries,
    workingFolder: inImage(programStart.workingFolder),
    nodeOptions: rest.slice(0, start),
    file: inImage(posix.resolve(programStart.workingFolder, file)),
    args,
    environment: programStart.environment,
  };
}

const inImage = (path: string): string => posix.resolve('/', path).slice(1);

/**
 * Unpacks the files of a program.
 * @param root an empty folder that stands for the root of the image, absolute
 * @param owner the id of the user and the group that own the files; undefined if this process cannot change the owner
 */
export async function unpackTrial(
  { entries, packages, workingFolder }: TrialProgram,
  root: string,
  owner: number | undefined,
): Promise<void> {
  const own = async (path: string) => (owner === undefined ? undefined : lchown(path, owner, owner));
  for (const { path } of [...packages, ...entries].filter(({ type }) => type === 'folder')) {
    await mkdir(join(root, path), { recursive: true });
    await own(join(root, path));
  }
  const copied: Entry[] = [];
  for (const [index, entry] of packages.entries()) {
    if (entry.type !== 'file' || entry.source === undefined) copied.push(entry);
    else placeFile(entry.source, join(root, entry.path), entry.mode, owner);
    if (index % BATCH === 0) await nextTurn();
  }
  await Promise.all(
    [...copied, ...entries].map(async (entry) => {
      const path = join(root, entry.path);
      if (entry.type === 'folder') return;
      if (entry.type === 'link') await symlink(entry.target, path);
      else await writeFile(path, entry.read());
      if (entry.type === 'file') await chmod(path, entry.mode);
      await own(path);
    }),
  );
  // Only now, since a link may lead to the working folder.
  await mkdir(join(root, workingFolder), { recursive: true });
}

/** The number of files that are placed before other work may proceed. */
const BATCH = 100;
const READABLE_BY_ALL = 0o444;

/**
 * Places a file of a package: as a hard link, or as a copy if the folder is on another file system or the owner could not read the
 * file. Synchronous, since packages have thousands of small files, and a call through Node's thread pool takes longer.
 */
function placeFile(source: string, target: string, mode: number, owner: number | undefined): void {
  try {
    const isReadable = owner === undefined || (statSync(source).mode & READABLE_BY_ALL) === READABLE_BY_ALL;
    if (isReadable) return linkSync(source, target);
  } catch {
    // The copy below works on every file system, or its error says why not.
  }
  copyFileSync(source, target, constants.COPYFILE_FICLONE);
  chmodSync(target, mode);
  if (owner !== undefined) lchownSync(target, owner, owner);
}

/** Returns the arguments of a program on this machine: absolute paths in the image become paths in its unpacked folder. */
export const argumentsIn = ({ entries, packages, args }: TrialProgram, root: string): string[] =>
  args.map((arg) =>
    [...packages, ...entries].some(({ path }) => `/${path}` === arg) ? join(root, arg) : arg,
  );
