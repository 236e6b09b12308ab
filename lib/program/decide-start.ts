/** Decides how the program of a folder starts: for the sandbox and for AWS alike. Pure. */
import { posix } from 'node:path';
import { dockerLayout, type DockerLayout } from './docker-layout.ts';
import { missingSteps } from './docker-steps.ts';
import { BASE_PATH, readStage, type DockerStage } from './dockerfile.ts';
import { viewFolder, type FolderView } from './folder-view.ts';
import type { Launch } from './launch.ts';
import { isTypeScript, outputsIn } from './module-resolution.ts';
import { noProgram } from './no-program.ts';
import { baseOf, isPinned, neededBase, nodeVersionOf } from './node-version.ts';
import { oneLine, shownCommand } from './shown-text.ts';
import { choose } from './start-choices.ts';
import { DEFAULT_FOLDER, type ProgramBase, type ProgramStart, type StartSettings } from './start.ts';
import { workspaceRootOf } from './workspace.ts';

/** The user of the official Node images, since a program should not run as root. */
const DEFAULT_USER = '1000:1000';

/**
 * Decides how a program starts. The configuration comes first, then the Dockerfile's last stage, `start` of package.json, `main` as
 * Node resolves it, and finally conventions.
 * @param view the folder of the program
 * @param settings the fields of its container's configuration
 * @throws NO_PROGRAM, SEVERAL_PROGRAMS
 */
export function decideStart(view: FolderView, settings: StartSettings = {}): ProgramStart {
  const stage = stageOf(view, settings);
  const layout = layoutOf(view, settings, stage);
  const facts = { view, settings, stage, layout };
  const base = stage === undefined ? undefined : neededBase(stage.base, view);
  const { source, launch, reason, entrypoint = [] } = choose(facts);
  const { environment = {}, user, ports = [], stopSignal, runs = [] } = stage ?? {};
  const isNode =
    base?.kind !== 'other' || launch.entry !== undefined || !/^(?:configuration|dockerfile)$/.test(source);
  return {
    source,
    reason,
    entrypoint,
    command: launch.command,
    environment: withPath({ NODE_ENV: 'production', ...environment, ...launch.environment }, launch, layout),
    user: settings.user ?? userOf(user),
    workingFolder: launch.folder,
    ports,
    stopSignal,
    folder: layout.folder,
    workspaceFolder: layout.workspaceFolder,
    copies: layout.copies.filter(({ from }) => view.kindOf(from) !== undefined),
    outputs: [...new Set([...layout.outputs, ...outputsIn(view)])],
    compiles: launch.entry !== undefined && isTypeScript(launch.entry),
    entry: launch.entry,
    base: isNode ? { kind: 'node', major: majorOf(base) ?? nodeVersionOf(view) } : base,
    differences: [
      ...(isNode && stage ? baseDifference(stage.base) : []),
      ...missingSteps(isNode ? runs : []).map(
        (command) => `The image is built without RUN ${shownCommand(command)}.`,
      ),
      ...layout.differences,
      ...launch.differences,
    ],
  };
}

/**
 * Decides how the program of a folder starts.
 * @param folder absolute
 * @throws NO_PROGRAM, SEVERAL_PROGRAMS
 */
export const startOfProgram = (folder: string, settings?: StartSettings): ProgramStart =>
  decideStart(viewFolder(folder), settings);

/**
 * Returns the user that a program runs as: the one in its Dockerfile if it is a number or root, otherwise that of Node's images.
 * @param folder absolute
 */
export function userOfProgram(folder: string, { dockerfile, target, buildArgs }: StartSettings = {}): string {
  const view = viewFolder(folder);
  const name = dockerfileOf(view, dockerfile);
  return userOf(
    name === undefined ? undefined : readStage(view.read(name) ?? '', { target, buildArgs })?.user,
  );
}

/**
 * Whether the image of a folder has Node: its program is Node's, or its Dockerfile is based on Node. A folder whose start cannot be
 * decided counts as one of Node's; the build reports the reason.
 * @param folder absolute
 */
export function hasNode(folder: string, settings?: StartSettings): boolean {
  try {
    return startOfProgram(folder, settings).base.kind === 'node';
  } catch {
    return true;
  }
}

/**
 * Whether the image that a Dockerfile makes lacks `node` on its PATH although its program is Node's: Google's distroless images have it
 * in `/nodejs/bin`, and no shell that could find it.
 * @param folder absolute
 */
export function hasHiddenNode(folder: string, settings: StartSettings = {}): boolean {
  try {
    const { base = '' } = stageOf(viewFolder(folder), settings) ?? {};
    return /\bdistroless\//.test(base);
  } catch {
    return false;
  }
}

/** Returns the path of the Dockerfile, or undefined if the folder has no Dockerfile. */
const dockerfileOf = (view: FolderView, name: string | undefined): string | undefined =>
  (name === undefined ? ['Dockerfile', 'Containerfile'] : [name]).find(
    (file) => view.kindOf(file) === 'file',
  );

/** Returns a sentence if the image of Node that Slipway builds on is not the one that the Dockerfile names. */
function baseDifference(reference: string): string[] {
  const base = baseOf(reference);
  if (base.kind === 'other') return [`The base image is Node's, not ${oneLine(reference)}.`];
  if (!isPinned(reference)) return [];
  const used = base.major === undefined ? "Node's" : `node:${base.major}-slim`;
  return [`The base image is ${used}, not ${oneLine(reference)}.`];
}

const majorOf = (base: ProgramBase | undefined): number | undefined =>
  base?.kind === 'node' ? base.major : undefined;

function stageOf(
  view: FolderView,
  { dockerfile, target, buildArgs }: StartSettings,
): DockerStage | undefined {
  const name = dockerfileOf(view, dockerfile);
  if (name === undefined) {
    if (dockerfile !== undefined)
      throw noProgram(view, `Its Dockerfile ${dockerfile} does not exist.`, ['Correct `dockerfile`.']);
    if (target !== undefined)
      throw noProgram(view, 'It has no Dockerfile with a target.', ['Remove `target`.']);
    return undefined;
  }
  const stage = readStage(view.read(name) ?? '', { target, buildArgs });
  if (stage === undefined && target !== undefined)
    throw noProgram(view, `${name} has no stage ${target}.`, ['Correct `target`.']);
  return stage;
}

function layoutOf(
  view: FolderView,
  { context = '.' }: StartSettings,
  stage: DockerStage | undefined,
): DockerLayout {
  const workspaceRoot = workspaceRootOf(view);
  if (stage !== undefined) return dockerLayout(stage, { view, context, workspaceRoot });
  const below =
    workspaceRoot === undefined ? '.' : posix.relative(posix.resolve(view.path, workspaceRoot), view.path);
  const folder = posix.join(DEFAULT_FOLDER, below);
  return {
    folder,
    workspaceFolder: DEFAULT_FOLDER,
    workingFolder: folder,
    copies: [],
    outputs: [],
    differences: [],
  };
}

/** Adds PATH. Scripts find the programs of packages, as with npm. */
function withPath(
  environment: Readonly<Record<string, string>>,
  { usesPackages }: Launch,
  { folder, workspaceFolder }: DockerLayout,
): Record<string, string> {
  const own = [...new Set([folder, workspaceFolder])].map((place) => posix.join(place, 'node_modules/.bin'));
  const path = environment['PATH'] ?? BASE_PATH;
  return { ...environment, PATH: [...(usesPackages ? own : []), path].join(':') };
}

/** Returns the user by number: the base image may have no user of the name that a RUN step adds. */
const userOf = (user: string | undefined): string =>
  user !== undefined && /^\d+(:\d+)?$|^root(:|$)/.test(user) ? user : DEFAULT_USER;
