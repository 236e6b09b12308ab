/** Decides whether Node may read its files of variables: it does not start if a file is not in the image. Pure. */
import { posix } from 'node:path';
import ignore from 'ignore';
import { buildContextFilter } from '../image/dockerignore.ts';
import type { FolderView } from './folder-view.ts';
import { locate } from './image-layout.ts';
import type { LaunchPlace } from './launch.ts';
import { secretFilter } from './secrets.ts';

const OPTION = /^--env-file(?:-if-exists)?(?:=(.*))?$/;

/**
 * Removes the options for files that the image does not contain. Such files are usually ignored, since they have secrets.
 * @param flags options of Node, each value in the same word or in the next
 * @see https://nodejs.org/api/cli.html#--env-filefile
 */
export function withoutMissingEnvFiles(
  flags: readonly string[],
  place: LaunchPlace,
): { flags: string[]; missing: string[] } {
  const kept: string[] = [];
  const missing: string[] = [];
  for (let index = 0; index < flags.length; index += 1) {
    const flag = flags[index] ?? '';
    const match = OPTION.exec(flag);
    const words = match && match[1] === undefined ? [flag, flags[(index += 1)] ?? ''] : [flag];
    const file = match ? (match[1] ?? words[1] ?? '') : undefined;
    if (file === undefined || isPackaged(file, place)) kept.push(...words);
    else missing.push(file);
  }
  return { flags: kept, missing };
}

function isPackaged(file: string, { view, layout, folder }: LaunchPlace): boolean {
  const path = locate(layout, posix.resolve(folder, file)).find((one) => view.kindOf(one) === 'file');
  return path !== undefined && !isIgnored(view, path);
}

/** Whether the ignore files of the program's folder exclude a path, or its name does because it usually has secrets. */
const isIgnored = (view: FolderView, path: string): boolean =>
  !path.startsWith('../') &&
  (ignore
    .default({ ignorecase: false })
    .add(view.read('.gitignore') ?? '')
    .ignores(path) ||
    !buildContextFilter(view.read('.dockerignore') ?? '')(path) ||
    secretFilter(view.read('.dockerignore') ?? '')(path));
