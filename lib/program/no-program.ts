/** The problems of a folder whose program cannot be determined. */
import { posix } from 'node:path';
import { shownPath } from '../config/location.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { USUAL_FILES } from './conventions.ts';
import { readManifestFields, type FolderView } from './folder-view.ts';
import { otherProgramIn, type OtherProgram } from './other-languages.ts';
import { workspacePatterns } from './workspace.ts';

const NAME_ENTRY = 'Set `entry` of the container in slipway.config.ts to the file that starts the program.';

/** @param why one or more sentences */
export const noProgram = ({ path }: FolderView, why: string, fix: readonly string[] = []): Problem =>
  problem('NO_PROGRAM', {
    what: `${shownPath(path)} has no program that can start.`,
    why,
    now: NOTHING_CHANGED,
    fix: [...fix, NAME_ENTRY],
  });

/** @param entries relative to the folder */
export const severalPrograms = ({ path }: FolderView, entries: readonly string[]): Problem =>
  problem('SEVERAL_PROGRAMS', {
    what: `${shownPath(path)} has several programs.`,
    why: `${entries.join(' and ')} serve requests, and package.json does not name one of them.`,
    now: NOTHING_CHANGED,
    fix: [
      `Set \`entry\` of the container in slipway.config.ts, e.g. entry: '${entries[0]}'.`,
      'or add a `start` script to package.json',
    ],
  });

/** Returns the problem of a folder that names no program in any way. */
export function nothingToStart(view: FolderView): Problem {
  const packages = packagesIn(view);
  const [first] = packages;
  if (first !== undefined)
    return problem(packages.length > 1 ? 'SEVERAL_PROGRAMS' : 'NO_PROGRAM', {
      what: `${shownPath(view.path)} is a workspace and does not start a program itself.`,
      why: `Its programs are in ${packages.join(', ')}.`,
      now: NOTHING_CHANGED,
      fix: [
        `Set \`source\` to the folder of one program, e.g. ${shownPath(posix.join(view.path, first))}.`,
        NAME_ENTRY,
      ],
    });
  const other = otherProgramIn(view);
  if (other !== undefined) return needsDockerfile(view, other);
  const manifest =
    view.kindOf('package.json') === 'file'
      ? 'its package.json has no start and no main'
      : 'it has no package.json';
  return noProgram(view, `It has no Dockerfile, ${manifest}, and none of ${USUAL_FILES.join(', ')} exists.`, [
    'Add a start script to package.json, e.g. "start": "node server.js".',
  ]);
}

/** The problem of a folder in another language, which only a Dockerfile can build. */
function needsDockerfile({ path }: FolderView, { language, file, dockerfile }: OtherProgram): Problem {
  const target = posix.join(shownPath(path), 'Dockerfile');
  const lines = dockerfile.map((line) => `'${line}'`).join(' ');
  return problem('NO_PROGRAM', {
    what: `${shownPath(path)} is a ${language} program without a Dockerfile.`,
    why: `${file} is in the folder. Slipway starts Node programs itself; any other program needs a Dockerfile, which docker, podman, finch or buildah builds.`,
    now: NOTHING_CHANGED,
    fix: [
      `Write a Dockerfile, such as this one: printf '%s\\n' ${lines} > ${target}`,
      'or set `entry` of the container in slipway.config.ts, if the folder has a Node program',
    ],
  });
}

/** Lists the folders of a workspace that have a program, or at least a package. */
function packagesIn(view: FolderView): string[] {
  const folders = workspacePatterns(view, '.').flatMap((pattern) => {
    const [, parent] = /^(?:\.\/)?([\w@./-]+)\/\*{1,2}\/?$/.exec(pattern) ?? [];
    if (parent === undefined) return /[*!]/.test(pattern) ? [] : [posix.normalize(pattern)];
    return view.list(parent).map((name) => posix.join(parent, name));
  });
  const starts = (folder: string) =>
    view.kindOf(posix.join(folder, 'Dockerfile')) === 'file' ||
    readManifestFields(view, posix.join(folder, 'package.json')).scripts['start'] !== undefined;
  const packages = [...new Set(folders)].filter(
    (folder) => view.kindOf(posix.join(folder, 'package.json')) === 'file',
  );
  return packages.some(starts) ? packages.filter(starts) : packages;
}
