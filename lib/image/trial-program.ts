/** Unpacks a program for a trial run, and finds the file that Node starts. */
import { chmod, lchown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Entry } from '../program/entries.ts';
import type { PackagedProgram } from './builds.ts';
import { PROGRAM, type ProgramFile } from './program.ts';

/** A program that can run on this machine: its files, and the file with which Node starts. All paths are relative to the image. */
export interface TrialProgram {
  readonly entries: readonly Entry[];
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
export function packagedTrial({ files, start }: PackagedProgram): TrialProgram | undefined {
  const { dependencies, program } = files;
  const entries = [...dependencies.entries, ...program.entries];
  if (entries.length > MAX_ENTRIES || dependencies.size + program.size > MAX_BYTES) return undefined;
  const [command = '', ...rest] = [...start.entrypoint, ...start.command];
  if (!/^(\/([^ ]*\/)?bin\/)?node$/.test(command)) return undefined;
  let count = 0;
  while (rest[count]?.startsWith('-')) count += OPTIONS_WITH_VALUE.has(rest[count] ?? '') ? 2 : 1;
  const [file, ...args] = rest.slice(count);
  if (file === undefined) return undefined;
  return {
    entries,
    workingFolder: inImage(start.workingFolder),
    nodeOptions: rest.slice(0, count),
    file: inImage(posix.resolve(start.workingFolder, file)),
    args,
    environment: start.environment,
  };
}

const inImage = (path: string): string => posix.resolve('/', path).slice(1);

/**
 * Unpacks the files of a program.
 * @param root an empty folder that stands for the root of the image, absolute
 * @param owner the id of the user and the group that own the files; undefined if this process cannot change the owner
 */
export async function unpackTrial(
  { entries, workingFolder }: TrialProgram,
  root: string,
  owner: number | undefined,
): Promise<void> {
  const own = async (path: string) => (owner === undefined ? undefined : lchown(path, owner, owner));
  for (const { path } of [...entries.filter(({ type }) => type === 'folder'), { path: workingFolder }]) {
    await mkdir(join(root, path), { recursive: true });
    await own(join(root, path));
  }
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(root, entry.path);
      if (entry.type === 'folder') return;
      if (entry.type === 'link') await symlink(entry.target, path);
      else await writeFile(path, entry.read());
      if (entry.type === 'file') await chmod(path, entry.mode);
      await own(path);
    }),
  );
}

/** Returns the arguments of a program on this machine: absolute paths in the image become paths in its unpacked folder. */
export const argumentsIn = ({ entries, args }: TrialProgram, root: string): string[] =>
  args.map((arg) => (entries.some(({ path }) => `/${path}` === arg) ? join(root, arg) : arg));
