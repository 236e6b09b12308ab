/** For tests of packaged programs: packages a folder, unpacks the entries, and runs the result as a container would. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Entry, PackagedFiles } from '../../../../lib/program/entries.ts';
import { packageFiles, type PackageOptions } from '../../../../lib/program/files.ts';
import type { ProgramStart } from '../../../../lib/program/start.ts';
import { Problem } from '../../../../lib/model/problem.ts';
import { folderOf } from '../image/folder.ts';

export const LINUX = { os: 'linux', cpu: 'x64' };

/** A start of the file `server.js` without a Dockerfile. */
export const startOf = (changes: Partial<ProgramStart> = {}): ProgramStart => ({
  source: 'main',
  reason: 'The program starts with server.js, which is main in package.json.',
  entrypoint: [],
  command: ['node', 'server.js'],
  environment: {},
  user: '1000:1000',
  workingFolder: '/app',
  stopSignal: undefined,
  ports: [],
  folder: '/app',
  workspaceFolder: '/app',
  copies: [],
  outputs: [],
  compiles: false,
  entry: 'server.js',
  base: { kind: 'node', major: undefined },
  differences: [],
  ...changes,
});

/** Packages a folder; by default it starts `server.js`. */
export const packaged = (
  folder: string,
  changes: Partial<ProgramStart> = {},
  options: Partial<PackageOptions> = {},
): Promise<PackagedFiles> => packageFiles({ folder, start: startOf(changes), platform: LINUX, ...options });

/** Returns the problem with which a folder is rejected. */
export async function rejectionOf(packaging: Promise<unknown>): Promise<Problem> {
  const result = await packaging.catch((error: unknown) => error);
  if (result instanceof Problem) return result;
  throw result instanceof Error ? result : new Error('It was packaged');
}

/** The paths of files and links, with the targets of links. */
export const pathsOf = (entries: readonly Entry[]): string[] =>
  entries.flatMap((entry) =>
    entry.type === 'folder'
      ? []
      : entry.type === 'link'
        ? [`${entry.path} -> ${entry.target}`]
        : [entry.path],
  );

export async function bytesOf(entry: Entry | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  if (entry?.type === 'file') for await (const chunk of entry.read()) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

export const textOf = async ({ entries }: { entries: readonly Entry[] }, path: string): Promise<string> =>
  (await bytesOf(entries.find((entry) => entry.path === path))).toString();

/** Unpacks both lists. @returns the folder that stands for the image's root */
export async function unpack({ dependencies, program }: PackagedFiles): Promise<string> {
  const root = await folderOf();
  for (const entry of [...dependencies.entries, ...program.entries]) {
    const path = join(root, entry.path);
    await mkdir(entry.type === 'folder' ? path : dirname(path), { recursive: true });
    if (entry.type === 'link') await symlink(entry.target, path);
    if (entry.type !== 'file') continue;
    await writeFile(path, await bytesOf(entry));
    await chmod(path, entry.mode);
  }
  return root;
}

/** Runs a file of a packaged program, in its folder. @returns what it prints; if it fails, also its errors */
export async function runPackaged(files: PackagedFiles, file: string, folder = 'app'): Promise<string> {
  const cwd = join(await unpack(files), folder);
  const running = promisify(execFile)(process.execPath, ['--enable-source-maps', join(cwd, file)], {
    cwd,
    timeout: 20_000,
  });
  return running.then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}
