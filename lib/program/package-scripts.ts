/** Programs that run scripts of package.json or programs of packages: npm, pnpm, yarn, bun and their like. Pure. */
import { posix } from 'node:path';
import { line, manifestAt, namedFile, words, type LaunchPlace, type Runner } from './launch.ts';
import { splitOptions } from './node-runners.ts';
import { commandsIn, quoted, simpleCommand } from './shell-words.ts';

/** Starts a script without its package manager, which would pass on neither signals nor exit codes. */
export function scriptLine(name: string, args: readonly string[], place: LaunchPlace): ReturnType<Runner> {
  const found = manifestAt(place);
  const scripts = found?.manifest.scripts ?? {};
  const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  if (script === undefined) {
    // The default of npm: https://docs.npmjs.com/cli/commands/npm-start
    if (name === 'start' && namedFile('server.js', place) !== undefined) return words('node', 'server.js');
    return { kind: 'failure', why: `It runs the script ${name}, which package.json does not have.` };
  }
  const before = Object.hasOwn(scripts, `pre${name}`) ? [scripts[`pre${name}`]] : [];
  const whole = [...before, args.length > 0 ? `${script} ${quoted(args)}` : script].join(' && ');
  return { ...line(whole), folder: found?.folder ?? place.folder };
}

/** The commands of package managers that are no names of scripts. */
const OTHER_COMMANDS =
  /^(?:add|audit|build|cache|ci|config|create|dedupe|dlx|i|init|install|link|list|ls|prune|publish|rebuild|remove|update|up|version|workspace|workspaces)$/;

/** @see https://docs.npmjs.com/cli/commands/npm-run */
const scriptRunner: Runner = (args, place) => {
  const { options, rest } = splitOptions(args, []);
  // An option such as `--workspace api` chooses another package.
  if (options.some(([name = '']) => !/^(?:-s|--silent|--quiet|--no-[\w-]+|--loglevel=\w+)$/.test(name)))
    return undefined;
  const [command, ...others] = rest;
  const script = (name: string, given: readonly string[]) =>
    scriptLine(name, given[0] === '--' ? given.slice(1) : given, place);
  switch (command) {
    case 'start':
    case 'test':
      return script(command, others);
    case 'run':
    case 'run-script': {
      const { rest: named } = splitOptions(others, []);
      const [name, ...given] = named;
      return name === undefined ? undefined : script(name, given);
    }
    case 'exec':
    case 'x':
      return words(...splitOptions(others, []).rest);
    default:
      return command === undefined || OTHER_COMMANDS.test(command) ? undefined : script(command, others);
  }
};

const executor: Runner = (args) => words(...splitOptions(args, ['-p', '--package']).rest);

export const PACKAGE_RUNNERS: Readonly<Record<string, Runner>> = {
  npm: scriptRunner,
  pnpm: scriptRunner,
  yarn: scriptRunner,
  yarnpkg: scriptRunner,
  npx: executor,
  pnpx: executor,
};

/** Programs that only prepare files: their output exists when an image is packaged. */
const BUILD_TOOLS: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    [
      ...[
        'tsc',
        'tsc-alias',
        'tsup',
        'unbuild',
        'rollup',
        'webpack',
        'esbuild',
        'swc',
        'babel',
        'tspc',
        'ncc',
        'grunt',
        'gulp',
      ],
      ...[
        'rimraf',
        'del',
        'del-cli',
        'rm',
        'mkdir',
        'mkdirp',
        'cp',
        'cpx',
        'cpy',
        'copyfiles',
        'ncp',
        'sass',
        'tailwindcss',
      ],
      ...['eslint', 'prettier', 'tslint', 'jest', 'mocha', 'vitest', 'husky', 'echo', 'clear'],
    ].map((name) => [name, /^/]),
  ),
  prisma: /^generate\b/,
  nest: /^build\b/,
  next: /^build\b/,
  nuxt: /^(?:build|generate|prepare)\b/,
  vite: /^build\b/,
  astro: /^build\b/,
  remix: /^build\b/,
  'react-scripts': /^build\b/,
};
/** Scripts whose names say that they only prepare files. */
const BUILD_SCRIPT =
  /^(?:pre)?(?:build|compile|clean|lint|generate|typecheck|check|tsc|transpile|bundle|format|test)(?:[:-]|$)/;

/** Whether a command only prepares files, so that a start does not repeat it. */
export function isBuildStep(command: string): boolean {
  const [program = '', ...args] = simpleCommand(command)?.words ?? [];
  const name = posix.basename(program);
  if (/^(?:npx|pnpx)$/.test(name)) return isBuildStep(quoted(splitOptions(args, []).rest));
  if (Object.hasOwn(PACKAGE_RUNNERS, name)) {
    const [verb = '', script = ''] = args.filter((word) => !word.startsWith('-'));
    if (/^(?:ci|i|install)$/.test(verb) || (verb === '' && name.startsWith('yarn'))) return true;
    return BUILD_SCRIPT.test(/^run(?:-script)?$/.test(verb) ? script : verb);
  }
  const pattern = Object.hasOwn(BUILD_TOOLS, name) ? BUILD_TOOLS[name] : undefined;
  return pattern?.test(args.join(' ')) === true && !args.some((word) => /^(?:-w|--watch|serve)$/.test(word));
}

/** Separates the build steps at the start of a command line from the commands that start the program. */
export function withoutBuildSteps(text: string): { built: string[]; started: string[] } {
  const commands = commandsIn(text);
  const first = commands.findIndex((command) => !isBuildStep(command));
  const count = first === -1 ? commands.length : first;
  return { built: commands.slice(0, count), started: commands.slice(count) };
}
