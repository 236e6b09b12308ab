/** Finds the folders with programs, and describes each: how it starts, where it listens, and which paths it answers. */
import { posix } from 'node:path';
import { isProblem } from '../lib/model/problem.ts';
import { decideStart } from '../lib/program/decide-start.ts';
import { readManifestFields, type FolderView } from '../lib/program/folder-view.ts';
import { quoted } from '../lib/program/shell-words.ts';
import type { ProgramStart, StartSettings } from '../lib/program/start.ts';
import type { ComposeService } from './compose-services.ts';
import { listeningIn, listeningOfCommand, type Listening } from './listening.ts';
import { listeningInOthers } from './other-languages.ts';
import { routesIn, type ServedRoute } from './routes.ts';
import { SKIPPED_FOLDERS, sourceFiles } from './source-files.ts';
import { neededVariables, portsOfLocalUrls, type NeededVariable } from './variables.ts';

/** A program, as its files describe it. */
export interface ProgramFacts {
  /** Relative to the folder of the configuration, with slashes; `.` for that folder itself. */
  readonly folder: string;
  /** The name in its package.json, or else that of its folder. */
  readonly name: string;
  readonly start: Pick<ProgramStart, 'source' | 'reason' | 'environment' | 'ports' | 'base'>;
  /** The places where it listens, those of its entry first. */
  readonly listening: readonly Listening[];
  /** Whether it depends on a package that answers HTTP requests. */
  readonly hasWebFramework: boolean;
  readonly routes: readonly ServedRoute[];
  /** The environment variables that it reads without a default. */
  readonly needs: readonly NeededVariable[];
  /** The ports of this machine that its source requests, e.g. 6000 for `http://localhost:6000`. */
  readonly requestedPorts: readonly number[];
  /** The service of a Compose file that builds the program. */
  readonly compose?: ComposeService;
}

/** A folder that looks like a program and is left out. */
export interface LeftOut {
  readonly folder: string;
  readonly why: string;
}

/** The number of levels below the folder of the configuration that are searched. */
const MAX_LEVELS = 4;
const BUILD_FOLDERS = new Set(['dist', 'build', 'out', 'target', 'public', 'static']);
const WEB_FRAMEWORKS =
  /^(?:express|fastify|koa|hono|@hono\/node-server|@nestjs\/core|@hapi\/hapi|restify|polka|next|nuxt|@remix-run\/serve|socket\.io|ws|elysia|@adonisjs\/core)$/;
/** Servers for development, which rebuild a page at every change. */
const DEVELOPMENT_SERVER =
  /(?:^|[\s/])(?:vite|react-scripts start|webpack(?:-dev-server| serve)|ng serve|parcel|vue-cli-service serve)(?![\w-]| (?:build|preview))/;

/** A call that starts a server of @grpc/grpc-js, or the transport of Nest that does. */
const GRPC_SERVER = /\.bindAsync\s*\(|\bTransport\.GRPC\b/;

/**
 * Describes the programs in a folder and below.
 * @param viewOf returns the view of a folder, whose path is relative to the folder of the configuration
 * @param composed the services of Compose files, each of which is a program
 */
export function findPrograms(
  viewOf: (folder: string) => FolderView,
  composed: readonly ComposeService[] = [],
): {
  readonly programs: readonly ProgramFacts[];
  readonly leftOut: readonly LeftOut[];
} {
  const root = viewOf('.');
  const folders = ['.', ...foldersBelow(root, ignoredNames(root), '.', MAX_LEVELS)].filter((folder) =>
    composed.every((service) => service.folder !== folder),
  );
  const found = [
    ...composed.map((service) => describe(viewOf(service.folder), service.folder, service)),
    ...folders.map((folder) => describe(viewOf(folder), folder)),
  ];
  const programs = found.flatMap((one) => (one !== undefined && 'start' in one ? [one] : []));
  const leftOut = found.flatMap((one) => (one !== undefined && 'why' in one ? [one] : []));
  const isServer = ({ listening, start }: ProgramFacts) => listening.length + start.ports.length > 0;
  // The start script of a workspace usually starts the programs of its packages.
  const hasOthers = programs.some((program) => program.folder !== '.' && isServer(program));
  const isProgram = (one: ProgramFacts) =>
    one.folder !== '.' || one.compose !== undefined || isServer(one) || !hasOthers;
  return { programs: programs.filter(isProgram), leftOut };
}

/** Returns the folders that have a package.json or a Dockerfile. */
function foldersBelow(
  view: FolderView,
  ignored: ReadonlySet<string>,
  folder: string,
  levels: number,
): string[] {
  if (levels === 0) return [];
  return view.list(folder).flatMap((name) => {
    const path = posix.join(folder, name);
    const isSkipped =
      name.startsWith('.') || SKIPPED_FOLDERS.has(name) || BUILD_FOLDERS.has(name) || ignored.has(name);
    if (isSkipped || view.kindOf(path) !== 'folder') return [];
    const isCandidate = ['package.json', 'Dockerfile', 'Containerfile'].some(
      (file) => view.kindOf(posix.join(path, file)) === 'file',
    );
    return [...(isCandidate ? [path] : []), ...foldersBelow(view, ignored, path, levels - 1)];
  });
}

/** Returns the plain names in a `.gitignore`. */
const ignoredNames = (view: FolderView): ReadonlySet<string> =>
  new Set(
    (view.read('.gitignore') ?? '')
      .split(/\r?\n/)
      .flatMap((line) => /^\/?([\w.-]+)\/?$/.exec(line.trim())?.[1] ?? []),
  );

function describe(
  view: FolderView,
  folder: string,
  compose?: ComposeService,
): ProgramFacts | LeftOut | undefined {
  const manifest = readManifestFields(view);
  let start: ProgramStart;
  try {
    start = compose === undefined ? decideStart(view) : startInCompose(view, compose);
  } catch (error) {
    const isNamed = folder !== '.' || compose !== undefined;
    if (isProblem(error, 'NO_PROGRAM') && compose !== undefined) return { folder, why: error.why };
    if (isProblem(error, 'SEVERAL_PROGRAMS') && isNamed) return { folder, why: error.why };
    if (isProblem(error, 'NO_PROGRAM', 'SEVERAL_PROGRAMS')) return undefined;
    throw error;
  }
  const command = [...start.entrypoint, ...start.command];
  const script = `${command.join(' ')} ${start.source === 'start script' ? (manifest.scripts['start'] ?? '') : ''}`;
  if (DEVELOPMENT_SERVER.test(script))
    return {
      folder,
      why: `\`${manifest.scripts['start'] ?? command.join(' ')}\` starts a server for development.`,
    };
  const files = start.base.kind === 'node' ? sourceFiles(view, start.entry, folder) : [];
  const serverOfCommand = listeningOfCommand([script]);
  const inSource = start.base.kind === 'node' ? listeningIn(files) : listeningInOthers(view, folder);
  const grpc = files.find(({ text }) => GRPC_SERVER.test(text));
  const isPortKnown = inSource.some(({ port, variables }) => port !== undefined || variables.length > 0);
  if (grpc !== undefined && !isPortKnown)
    return {
      folder,
      why: `${grpc.shown} serves gRPC. gRPC needs HTTP/2, but the load balancer speaks HTTP/1.1 with the containers.`,
    };
  return {
    folder,
    name: compose?.name ?? manifest.name ?? posix.basename(view.path),
    ...(compose && { compose }),
    start,
    listening: compose?.isWorker
      ? []
      : inSource.length > 0 || serverOfCommand === undefined
        ? inSource
        : [serverOfCommand],
    hasWebFramework: Object.keys({ ...manifest.optionalDependencies, ...manifest.dependencies }).some(
      (name) => WEB_FRAMEWORKS.test(name),
    ),
    routes: routesIn(files),
    needs: neededVariables(files).filter(({ name }) => !Object.hasOwn(start.environment, name)),
    requestedPorts: portsOfLocalUrls(files),
  };
}

/** Decides how the program of a Compose service starts. Its variables and ports take precedence over those of the image. */
function startInCompose(view: FolderView, compose: ComposeService): ProgramStart {
  const { file, folder, command, dockerfile, target, context = folder, buildArgs } = compose;
  const settings: StartSettings = {
    ...{ command, dockerfile, target, buildArgs },
    context: posix.relative(folder, context) || '.',
  };
  const start = decideStart(view, settings);
  return {
    ...start,
    reason: command === undefined ? start.reason : `${file} starts ${quoted(command)}.`,
    environment: { ...start.environment, ...compose.environment },
    ports: compose.ports.length > 0 ? compose.ports : start.ports,
  };
}
