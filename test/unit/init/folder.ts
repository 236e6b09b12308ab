/** For tests of `init`: folders that exist only in memory. */
import { posix } from 'node:path';
import type { FolderView } from '../../../lib/program/folder-view.ts';
import { sourceFiles, type SourceFile } from '../../../init/source-files.ts';

/** Returns a view of files by path. */
export function folderOf(files: Readonly<Record<string, string>>, path = '/repo'): FolderView {
  const clean = (name: string) =>
    posix
      .normalize(name)
      .replace(/^\.(?:\/|$)/, '')
      .replace(/\/$/, '');
  const paths = Object.keys(files);
  const inside = (folder: string) => (folder === '' ? '' : `${folder}/`);
  return {
    path,
    kindOf: (name) =>
      clean(name) in files
        ? 'file'
        : paths.some((one) => one.startsWith(inside(clean(name))))
          ? 'folder'
          : undefined,
    read: (name) => files[clean(name)],
    list: (name) =>
      [
        ...new Set(
          paths
            .filter((one) => one.startsWith(inside(clean(name))))
            .map((one) => one.slice(inside(clean(name)).length).split('/')[0] ?? ''),
        ),
      ].sort(),
  };
}

/** Returns the source files of a program, the entry first. */
export const sourcesOf = (files: Readonly<Record<string, string>>): SourceFile[] =>
  sourceFiles(folderOf(files), Object.keys(files)[0]);
