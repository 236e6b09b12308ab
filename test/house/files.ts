/** The files of the repository, as the house rules read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Folders that are installed, generated, or written by a run. */
const EXCLUDED = new Set(['node_modules', '.git', '.slipway', 'coverage', 'dist']);

/** Paths relative to the root, with forward slashes, sorted. */
export const FILES: readonly string[] = filesIn('').sort();

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !EXCLUDED.has(name))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesIn(path) : [path];
    });
}

export const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Programs and tests, in TypeScript or JavaScript. */
export const CODE: readonly string[] = FILES.filter((file) => /\.[cm]?[jt]s$/.test(file));

/** The folders of the stack's services. */
export const SERVICES: readonly string[] = FILES.flatMap(
  (file) => /^(services\/[^/]+)\/package\.json$/.exec(file)?.[1] ?? [],
);

/** Whether a file is the configuration of a tool. Such files need a default export. */
export const isConfiguration = (file: string): boolean => /(^|\/)[\w-]+\.config\.[jt]s$/.test(file);

export const isTest = (file: string): boolean => /(^|\/)test\//.test(file);

/** Returns the name of a file without its folder and extension. */
export const nameOf = (file: string): string => basename(file).replace(/\..*$/, '');
