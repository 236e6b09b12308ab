/** The files of the repository, as the house rules read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** What is installed, made or kept by a run, and nobody's text. */
const LEFT_OUT = new Set(['node_modules', '.git', '.slipway', 'coverage', 'dist']);

/** Paths below the root with forward slashes, sorted. */
export const FILES: readonly string[] = filesIn('').sort();

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.has(name))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesIn(path) : [path];
    });
}

export const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Our programs and their tests, in either language of Node. */
export const CODE: readonly string[] = FILES.filter((file) => /\.[cm]?[jt]s$/.test(file));

/** The services of the stack, by folder. */
export const SERVICES: readonly string[] = FILES.flatMap(
  (file) => /^(services\/[^/]+)\/package\.json$/.exec(file)?.[1] ?? [],
);

/** The files that configure a tool, which wants a default export of them. */
export const isConfiguration = (file: string): boolean => /(^|\/)[\w-]+\.config\.[jt]s$/.test(file);

export const isTest = (file: string): boolean => /(^|\/)test\//.test(file);

/** The name of a file without its folder and its ending. */
export const nameOf = (file: string): string => basename(file).replace(/\..*$/, '');
