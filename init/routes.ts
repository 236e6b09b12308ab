/** Finds the paths that a program answers: the routes of web frameworks with their prefixes, and comparisons of the URL. Pure. */
import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';
import { argumentsAt, propertyOf, stringIn } from './source-text.ts';

/** A path that a program answers. */
export interface ServedRoute {
  /** The path up to its first parameter, e.g. `/users`. */
  readonly path: string;
  /** Whether a GET request without parameters reaches it. */
  readonly isPlainGet: boolean;
  /** The file, relative to the folder of the configuration. */
  readonly file: string;
}

/** A router that is mounted under a prefix. */
interface Mount {
  readonly file: string;
  readonly parent: string;
  readonly prefix: string;
  /** The names of the mounted router. */
  readonly targets: readonly string[];
}

const ROUTE =
  /(?<![\w$])([\w$]+)\s*(?:\(\s*\))?\.\s*(get|all|head|post|put|patch|delete|del|options|route|on)\s*(?:<[^>(]*>)?\(\s*(['"`])(\/[^'"`\n]*)\3/g;
const MOUNT = /(?<![\w$])([\w$]+)\s*\.\s*(?:use|route|mount)\s*\(\s*(?=['"`]\/)/g;
const REGISTER = /(?<![\w$])([\w$]+)\s*\.\s*register\s*\(/g;
const OWN_PREFIX =
  /\b(?:const|let|var)\s+([\w$]+)\s*=\s*new\s+[\w$.]*(?:Router|Hono|Elysia)\s*(?:<[^>]*>)?\(\s*\{[^}]*\bprefix\s*:\s*['"`](\/[^'"`]*)/g;
const COMPARISON =
  /(?:\b(?:url|pathname|path|originalUrl)\s*(?:===?|\??\.startsWith\()\s*|\bcase\s+|(?:===?)\s*)(['"`])(\/[\w\-./]*)\1/g;
const CONTROLLER = /@Controller\(\s*(?:(['"`])([^'"`]*)\1|(\{[^}]*\}))?/g;
const HANDLER = /@(Get|All|Post|Put|Patch|Delete|Head|Options)\(\s*(?:(['"`])([^'"`]*)\2)?\s*\)/g;
/** A route as an object, as in Fastify and hapi. */
const OBJECT_ROUTE = /\bmethod\s*:\s*['"`](?:GET|\*)['"`][^}]*?\b(?:url|path)\s*:\s*['"`](\/[^'"`]*)/g;
const GLOBAL_PREFIX = /\bsetGlobalPrefix\(\s*['"`]\/?([^'"`]*)/;

/** Returns every route of the source files, with the prefixes under which their routers are mounted. */
export function routesIn(files: readonly SourceFile[]): ServedRoute[] {
  const mounts = files.flatMap(mountsIn);
  return files.flatMap((file) => [
    ...[...file.text.matchAll(ROUTE)].map(([, receiver = '', method = '', , path = '']) =>
      routeOf(
        prefixOf(file, receiver, { files, mounts }) + path,
        ['get', 'all', 'route', 'on'].includes(method),
        file,
      ),
    ),
    ...[...file.text.matchAll(COMPARISON)].map(([, , path = '']) => routeOf(path, true, file)),
    ...[...file.text.matchAll(OBJECT_ROUTE)].map(([, path = '']) => routeOf(path, true, file)),
    ...nestRoutes(file, files),
  ]);
}

/** Cuts a path at its first parameter or wildcard. */
function routeOf(path: string, isGet: boolean, { shown: file }: SourceFile): ServedRoute {
  const clean = path.replace(/\/{2,}/g, '/');
  const [fixed = '/'] = clean.split(/\/?(?::|\*|\{|\(|\$\{|\[)/, 1);
  const bare = (text: string) => text.replace(/\/+$/, '') || '/';
  return { path: bare(fixed), isPlainGet: isGet && bare(clean) === bare(fixed), file };
}

/** Finds the routers that a file mounts under a prefix. */
function mountsIn({ path: file, text }: SourceFile): Mount[] {
  const uses = [...text.matchAll(MOUNT)].flatMap((match) => {
    const [prefix = '', ...targets] = argumentsAt(text, match.index + match[0].length);
    return mountOf(file, match[1] ?? '', stringIn(prefix), targets);
  });
  const registered = [...text.matchAll(REGISTER)].flatMap((match) => {
    const [target = '', options = ''] = argumentsAt(text, match.index + match[0].length);
    return mountOf(file, match[1] ?? '', stringIn(propertyOf(options, 'prefix') ?? ''), [target]);
  });
  return [...uses, ...registered];
}

const mountOf = (
  file: string,
  parent: string,
  prefix: string | undefined,
  targets: readonly string[],
): Mount[] =>
  prefix === undefined
    ? []
    : [{ file, parent, prefix, targets: targets.flatMap((target) => target.match(/[\w$./-]+/g) ?? []) }];

interface Mounts {
  readonly files: readonly SourceFile[];
  readonly mounts: readonly Mount[];
}

/** Returns the prefix of the routes of a router, e.g. `/api/users`; empty if it is not mounted under a prefix. */
function prefixOf(file: SourceFile, receiver: string, context: Mounts, seen: readonly string[] = []): string {
  const own = [...file.text.matchAll(OWN_PREFIX)].find(([, name]) => name === receiver)?.[2] ?? '';
  if (seen.includes(file.path)) return own;
  const parents = new Map(context.files.map((source) => [source.path, source]));
  const mount = context.mounts.find(({ file: parent, parent: parentName, targets }) =>
    parent === file.path
      ? parentName !== receiver && targets.includes(receiver)
      : targets.some((target) => importedBy(parents.get(parent), target) === file.path),
  );
  const parent = mount && parents.get(mount.file);
  if (!mount || !parent) return own;
  const isSameFile = parent === file;
  return (
    prefixOf(parent, mount.parent, context, isSameFile ? seen : [...seen, file.path]) + mount.prefix + own
  );
}

/** Returns the file that a name or a relative specifier means in a file. */
function importedBy(file: SourceFile | undefined, target: string): string | undefined {
  if (file === undefined || !target.startsWith('.')) return file?.imports.get(target);
  const path = posix.join(posix.dirname(file.path), target);
  return [...file.imports.values()].find(
    (imported) =>
      [path, imported.replace(/\.\w+$/, ''), imported.replace(/\/index\.\w+$/, '')].slice(1).includes(path) ||
      imported === path,
  );
}

/** Returns the routes of the controllers of Nest in a file. */
function nestRoutes(file: SourceFile, files: readonly SourceFile[]): ServedRoute[] {
  const globalPrefix = files.map(({ text }) => GLOBAL_PREFIX.exec(text)?.[1]).find((prefix) => prefix) ?? '';
  const controllers = [...file.text.matchAll(CONTROLLER)];
  return controllers.flatMap((controller, index) => {
    const [, , name, object] = controller;
    const prefix = name ?? stringIn(propertyOf(object ?? '', 'path') ?? '') ?? '';
    const end = controllers[index + 1]?.index ?? file.text.length;
    const handlers = [...file.text.slice(controller.index, end).matchAll(HANDLER)];
    return handlers.map(([, method = '', , path = '']) =>
      routeOf(`/${globalPrefix}/${prefix}/${path}`, ['Get', 'All'].includes(method), file),
    );
  });
}

/** The names of health routes, the most telling first. */
const HEALTH_NAMES = [
  /^_?healthz?$/i,
  /^_?health[-_]?checks?$/i,
  /^(?:readyz?|readiness)$/i,
  /^(?:livez?|liveness|alive)$/i,
  /^heartbeat$/i,
  /^ping$/i,
  /^status$/i,
];

/** Returns the route that reports whether the program is healthy, or undefined if no route does. */
export function healthRoute(routes: readonly ServedRoute[]): ServedRoute | undefined {
  const lastWord = ({ path }: ServedRoute) => path.split('/').at(-1) ?? '';
  const parent = ({ path }: ServedRoute) => path.split('/').at(-2) ?? '';
  const plain = routes.filter(({ isPlainGet }) => isPlainGet);
  for (const name of HEALTH_NAMES) {
    const found = plain.find((route) => name.test(lastWord(route)));
    if (found) return found;
  }
  return plain.find((route) => /^_?healthz?$/i.test(parent(route)));
}

/** Returns the longest path that all routes begin with; `/` if they have none in common, or if there are none. */
export function commonPath(routes: readonly ServedRoute[]): string {
  const [first = [], ...others] = routes.map(({ path }) => path.split('/').slice(1));
  const length = first.findIndex((segment, index) => others.some((other) => other[index] !== segment));
  return `/${first.slice(0, length < 0 ? first.length : length).join('/')}`;
}
