// A view of a folder in memory, for tests of the decision about a start.
import { posix } from 'node:path';
import { decideStart } from '../../../../lib/program/decide-start.ts';
import type { FolderView } from '../../../../lib/program/folder-view.ts';
import type { ProgramStart, StartSettings } from '../../../../lib/program/start.ts';

/** @param files by path, relative to `at` */
export function viewOf(files: Readonly<Record<string, string>>, at = '/repo'): FolderView {
  const contents = new Map(Object.entries(files).map(([path, text]) => [posix.resolve(at, path), text]));
  const below = (path: string) => `${posix.resolve(at, path)}/`.replace('//', '/');
  return {
    path: at,
    kindOf(path) {
      if (contents.has(posix.resolve(at, path))) return 'file';
      return [...contents.keys()].some((file) => file.startsWith(below(path))) ? 'folder' : undefined;
    },
    read: (path) => contents.get(posix.resolve(at, path)),
    list: (path) => {
      const inside = [...contents.keys()].filter((file) => file.startsWith(below(path)));
      return [...new Set(inside.map((file) => file.slice(below(path).length).split('/')[0] ?? ''))].sort();
    },
  };
}

/** The files of a program that starts with `index.js` without a Dockerfile. */
export const INDEX_FILES = {
  'package.json': '{ "main": "index.js", "scripts": { "start": "node index.js" } }',
  'index.js': '',
  'server.js': '',
  'src/main.ts': '',
};

/** Decides the start of a folder with a Dockerfile. */
export const startWithDockerfile = (
  dockerfile: string,
  files: Readonly<Record<string, string>> = INDEX_FILES,
  settings: StartSettings = {},
): ProgramStart => decideStart(viewOf({ ...files, Dockerfile: dockerfile }), settings);
