/** Reads what the services of a Compose file say about programs: their folder, command, ports and variables. Pure. */
import { posix } from 'node:path';
import { record, type FolderView } from '../lib/program/folder-view.ts';
import { shownCommand } from '../lib/program/shown-text.ts';
import { buildOf, type ComposeFile } from './compose-file.ts';
import {
  commandText,
  commandWords,
  healthPathIn,
  containerPortsIn,
  stringsIn,
  expandedText,
  variablesIn,
} from './compose-values.ts';

/** A service that Compose builds from a folder. */
export interface ComposeService {
  readonly name: string;
  /** The name of its Compose file. */
  readonly file: string;
  /** The folder of the program, relative to that of the Compose file. */
  readonly folder: string;
  /** The Dockerfile, relative to the folder; undefined for the usual one. */
  readonly dockerfile: string | undefined;
  readonly target: string | undefined;
  /** The build context, relative to the folder of the Compose file, if it is another folder. */
  readonly context: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly command: readonly string[] | undefined;
  /** The ports of the container that Compose publishes, or else exposes, except those of Node's debugger. */
  readonly ports: readonly number[];
  readonly isPublished: boolean;
  /** Whether it listens on no port: it has a command of its own and no ports, and another service of the same folder has ports. */
  readonly isWorker: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** The variables whose values are not in the Compose file, or are not copied from it. */
  readonly unset: readonly string[];
  /** The path that its health check requests. */
  readonly healthPath: string | undefined;
  /** Whether it is a task that ends, such as a migration. */
  readonly ends: boolean;
  readonly dependsOn: readonly string[];
  /** The names of the services of the same file that run from an image. */
  readonly images: readonly string[];
  /** One sentence for each part that is left out. */
  readonly notes: readonly string[];
}

/** A service that Compose runs from an image, such as a database. */
export interface ComposeImage {
  readonly name: string;
  readonly image: string;
}

/** A service without the fields that depend on the other services. */
type ServiceOfFile = Omit<ComposeService, 'images' | 'isWorker'>;

/** Commands for development: they watch files, or start a debugger. */
const DEVELOPMENT =
  /(?:^|[\s/:])(?:nodemon|ts-node-dev|tsnd|vite|webpack-dev-server|dev|develop|watch)(?=$|[\s:])|--watch\b|--inspect\b|--hot\b|start[:-]dev/;
const TASK = /(?:^|[\s/:_-])(?:migrat\w*|seed\w*|tests?|lint|setup|init|bootstrap)(?=$|[\s:._-])/;

/** Splits the services into those that Compose builds from a folder and those that it runs from an image. */
export function composeServices(
  { name: file, services }: ComposeFile,
  view: FolderView,
): { readonly built: readonly ComposeService[]; readonly images: readonly ComposeImage[] } {
  const built: ServiceOfFile[] = [];
  const images: ComposeImage[] = [];
  for (const [name, fields] of Object.entries(services)) {
    // Compose starts a service with a profile only on request.
    if (stringsIn(fields['profiles']).length > 0) continue;
    const { context } = contextOf(fields);
    if (context !== undefined && view.kindOf(context) === 'folder')
      built.push(builtService(name, file, fields, context, view));
    else
      images.push({
        name,
        image: expandedText(fields['image']) ?? expandedText(buildOf(fields['build'])['context']) ?? '?',
      });
  }
  const names = images.map(({ name }) => name);
  const isWorker = ({ folder, command, ports }: ServiceOfFile) =>
    ports.length === 0 &&
    command !== undefined &&
    built.some((other) => other.folder === folder && other.ports.length > 0);
  return {
    built: built.map((service) => ({ ...service, images: names, isWorker: isWorker(service) })),
    images,
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Returns the build context, if the service has one in a folder. */
function contextOf(fields: Fields): { context: string | undefined } {
  if (fields['build'] === undefined || fields['build'] === null) return { context: undefined };
  const context = expandedText(buildOf(fields['build'])['context']) ?? '.';
  const isRemote = /^(?:[a-z+]+:\/\/|git@)/.test(context);
  return { context: isRemote ? undefined : posix.join('.', context).replace(/(.)\/$/, '$1') };
}

function builtService(
  name: string,
  file: string,
  fields: Fields,
  context: string,
  view: FolderView,
): ServiceOfFile {
  const build = buildOf(fields['build']);
  const { folder, dockerfile } = placeOf(context, expandedText(build['dockerfile']), view);
  const buildArgs = variablesIn(build['args']);
  const variables = variablesIn(fields['environment']);
  const published = containerPortsIn(fields['ports']);
  const line = commandText(fields['command']);
  const isForDevelopment = line !== undefined && DEVELOPMENT.test(line);
  const command = isForDevelopment ? undefined : commandWords(fields['command']);
  const envFiles = stringsIn(fields['env_file']);
  const notes = [
    ...(isForDevelopment
      ? [
          `its command is for development and is left out, so the image's own command starts. Left out: ${shownCommand(line)}`,
        ]
      : []),
    ...(line !== undefined && !isForDevelopment && command === undefined
      ? [
          `its command needs a shell and is left out; set \`command\` if the image's own is not enough. Left out: ${shownCommand(line)}`,
        ]
      : []),
    ...(fields['entrypoint'] === undefined ? [] : ["its entrypoint is left out, so the image's own is used"]),
    ...envFiles.map(
      (one) => `${one} may contain secrets, so it is not read: copy the variables that the program needs`,
    ),
  ];
  return {
    ...{ name, file, folder, dockerfile, command, notes },
    target: expandedText(build['target']),
    context: context === folder ? undefined : context,
    buildArgs: forProduction(buildArgs.values),
    ports: published.length > 0 ? published : containerPortsIn(fields['expose']),
    isPublished: published.length > 0,
    environment: forProduction(variables.values),
    unset: variables.unset,
    healthPath: healthPathIn(record(fields['healthcheck'])['test']),
    ends: TASK.test(`${name} ${line ?? ''}`),
    dependsOn: Array.isArray(fields['depends_on'])
      ? stringsIn(fields['depends_on'])
      : Object.keys(record(fields['depends_on'])),
  };
}

/** Returns the folder of the program, and the Dockerfile in it. A Dockerfile beside a package.json is in that program's folder. */
function placeOf(context: string, dockerfile: string | undefined, view: FolderView) {
  if (dockerfile === undefined) return { folder: context, dockerfile };
  const own = posix.join(context, posix.dirname(dockerfile));
  const isProgram = view.kindOf(posix.join(own, 'package.json')) === 'file';
  const folder = isProgram ? own.replace(/(.)\/$/, '$1') : context;
  const path = isProgram ? posix.basename(dockerfile) : posix.normalize(dockerfile);
  return { folder, dockerfile: path === 'Dockerfile' ? undefined : path };
}

/** Leaves out a NODE_ENV for development: Slipway installs no packages for development. */
const forProduction = ({ NODE_ENV: mode, ...values }: Record<string, string>): Record<string, string> =>
  mode === undefined || mode.startsWith('dev') ? values : { NODE_ENV: mode, ...values };
