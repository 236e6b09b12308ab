/** Unpacks a program for a trial run, and finds the file that Node starts. */
import { closeSync, fchmodSync, lchownSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { Entry, FileEntry } from '../program/entries.ts';
import type { PackagedProgram } from './builds.ts';
import { PROGRAM, type ProgramFile } from './program.ts';

/** A program that can run on this machine: its files, and the file with which Node starts. All paths are relative to the image. */
export interface TrialProgram {
  readonly entries: readonly Entry[];
  /** The installed packages. */
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
 * Unpacks the files of a program. Installed packages become links to their folders on disk. The calls are synchronous, since the
 * program waits for them, and asynchronous calls take several times as long.
 * @param root an empty folder that stands for the root of the image, absolute
 * @param owner the id of the user and the group that own the files; undefined if this process cannot change the owner
 */
export async function unpackTrial(
  { entries, packages, workingFolder }: TrialProgram,
  root: string,
  owner: number | undefined,
): Promise<void> {
  const own = (path: string) => {
    if (owner !== undefined) lchownSync(path, owner, owner);
  };
  const linked = packageFolders(packages);
  const isLinked = ({ path }: Entry) => linked.has(path) || linked.has(IN_PACKAGE.exec(path)?.[1] ?? '');
  // The list begins with the folders, since each precedes its content.
  for (const entry of [...packages.filter((found) => !isLinked(found)), ...entries]) {
    const path = join(root, entry.path);
    if (entry.type === 'folder') mkdirSync(path, { recursive: true });
    else if (entry.type === 'link') symlinkSync(entry.target, path);
    else await writeEntry(entry, path);
    own(path);
  }
  for (const [path, source] of linked) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(source, join(root, path));
  }
  // Only now, since a link may lead to the working folder.
  mkdirSync(join(root, workingFolder), { recursive: true });
}

async function writeEntry(entry: FileEntry, path: string): Promise<void> {
  const file = openSync(path, 'wx', entry.mode);
  try {
    for await (const chunk of entry.read()) writeFileSync(file, chunk);
    // The umask may have removed some of the bits.
    fchmodSync(file, entry.mode);
  } finally {
    closeSync(file);
  }
}

/** Matches the folder of an installed package in an image, or the store of pnpm, and the rest of the path. */
const IN_PACKAGE = /^(.*?(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+)(\/.*)$/;

/**
 * Returns the folders of installed packages that can stand for those in the image, by their paths in the image. Packages have
 * thousands of files, so that copying them takes longer than the program takes to start.
 */
function packageFolders(packages: readonly Entry[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string | undefined>();
  for (const entry of packages) {
    const [, folder, rest = ''] = IN_PACKAGE.exec(entry.path) ?? [];
    if (folder === undefined || entry.type !== 'file') continue;
    const source = entry.source?.endsWith(rest) ? entry.source.slice(0, -rest.length) : undefined;
    const isSame = !folders.has(folder) || folders.get(folder) === source;
    folders.set(folder, isSame ? source : undefined);
  }
  return new Map([...folders].filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** Returns the arguments of a program on this machine: absolute paths in the image become paths in its unpacked folder. */
export const argumentsIn = ({ entries, packages, args }: TrialProgram, root: string): string[] =>
  args.map((arg) =>
    [...packages, ...entries].some(({ path }) => `/${path}` === arg) ? join(root, arg) : arg,
  );
