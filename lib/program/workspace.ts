/** Finds the workspace that a package belongs to: npm, pnpm, yarn and bun install shared packages in the folder of its root. */
import { posix } from 'node:path';
import { readManifestFields, type FolderView } from './folder-view.ts';

/**
 * Returns the root of the workspace of which a folder is a package.
 * @returns relative to the folder, e.g. `../..`; undefined when the folder is not a package of a workspace
 * @see https://docs.npmjs.com/cli/using-npm/workspaces
 * @see https://pnpm.io/pnpm-workspace_yaml
 */
export function workspaceRootOf(view: FolderView): string | undefined {
  const names = view.path.split('/').filter(Boolean);
  for (let level = 1; level <= names.length; level += 1) {
    const root = Array.from({ length: level }, () => '..').join('/');
    const patterns = workspacePatterns(view, root);
    if (isPackage(names.slice(-level).join('/'), patterns)) return root;
  }
  return undefined;
}

/**
 * Returns the patterns of the packages of a workspace, as they are written; empty for a folder that is not the root of one.
 * @param root relative to the folder of the view
 */
export const workspacePatterns = (view: FolderView, root: string): readonly string[] => [
  ...readManifestFields(view, posix.join(root, 'package.json')).workspaces,
  ...pnpmPatterns(view.read(posix.join(root, 'pnpm-workspace.yaml')) ?? ''),
];

/** Returns the items of `packages` in a pnpm-workspace.yaml, which has no other form than a list of strings. */
function pnpmPatterns(text: string): string[] {
  const [, list = ''] = /^packages:[ \t]*\r?\n((?:[ \t]*(?:-.*|#.*)?\r?\n?)*)/m.exec(text) ?? [];
  return [...list.matchAll(/^[ \t]*-[ \t]*(?:"([^"]+)"|'([^']+)'|([^\s#]+))/gm)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** Whether a folder is a package: the last matching pattern decides. @param path relative to the root of the workspace */
const isPackage = (path: string, patterns: readonly string[]): boolean =>
  patterns.reduce(
    (isIncluded, pattern) =>
      matcher(pattern.replace(/^!/, '')).test(path) ? !pattern.startsWith('!') : isIncluded,
    false,
  );

/** `*` matches within a name, and `**` any number of folders. */
const matcher = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/^\.?\/|\/+$/g, '')
      .replace(/[.+^${}()|[\]\\?]/g, '\\$&')
      .replace(/\*\*\/|\/?\*\*|\*/g, (stars) =>
        stars === '*' ? '[^/]*' : stars === '**/' ? '(?:.*/)?' : '(?:/.*)?',
      )}$`,
  );
