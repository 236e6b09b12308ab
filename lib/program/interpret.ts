/** Interprets a command as people write it, and returns the command that starts the program itself. Pure. */
import { posix } from 'node:path';
import { BASE_PATH } from './dockerfile.ts';
import { locate } from './image-layout.ts';
import {
  line,
  manifestAt,
  plainLaunch,
  words,
  type Interpretation,
  type Launch,
  type LaunchPlace,
  type NoLaunch,
  type Runner,
} from './launch.ts';
import { nodeRunner, splitOptions } from './node-runners.ts';
import { PACKAGE_RUNNERS, withoutBuildSteps } from './package-scripts.ts';
import { quoted, simpleCommand, withAssignments } from './shell-words.ts';

/** The maximum number of scripts that refer to another; more are a cycle. */
const MAX_DEPTH = 20;

/**
 * Interprets the words of a command. It follows package managers, shells, wrappers and runners to the program itself; a command
 * that needs a shell keeps it.
 * @param place the working directory, and the files of the program
 */
export const interpret = (command: readonly string[], place: LaunchPlace): Launch | NoLaunch =>
  follow(words(...command), place, 0);

/** Interprets a line for a shell, such as a script of package.json. */
export const interpretLine = (text: string, place: LaunchPlace): Launch | NoLaunch =>
  follow(line(text), place, 0);

function follow(step: Interpretation, place: LaunchPlace, depth: number): Launch | NoLaunch {
  if (step.kind === 'launch' || step.kind === 'failure') return step;
  if (depth > MAX_DEPTH) return { kind: 'failure', why: 'Its scripts run each other without end.' };
  const next = { ...place, folder: step.folder ?? place.folder };
  const done =
    step.kind === 'line'
      ? interpretCommands(step.words[0] ?? '', next, depth + 1)
      : follow(interpretWords(step.words, next), next, depth + 1);
  if (done.kind === 'failure') return done;
  return {
    ...done,
    environment: { ...step.environment, ...done.environment },
    differences: [...(step.differences ?? []), ...done.differences],
  };
}

/** Interprets the commands of a line. All but the last run in a shell. */
function interpretCommands(text: string, place: LaunchPlace, depth: number): Launch | NoLaunch {
  const { built, started } = withoutBuildSteps(text);
  const differences = built.map((command) => `${command} is not run at the start: its output is packaged.`);
  const [last] = started.slice(-1);
  if (last === undefined) return { kind: 'failure', why: 'It builds the program and does not start it.' };
  const [first = '', ...others] = started;
  const [, into] = /^cd ([\w./-]+)$/.exec(first) ?? [];
  if (into !== undefined && others.length > 0)
    return follow(
      { ...line(others.join(' && ')), folder: posix.resolve(place.folder, into), differences },
      place,
      depth,
    );
  const simple = simpleCommand(last);
  const launch = simple
    ? follow(
        { kind: 'words', words: simple.words, environment: simple.environment, differences },
        place,
        depth,
      )
    : { ...plainLaunch(['/bin/sh', '-c', last], place), differences };
  const before = started.slice(0, -1);
  if (launch.kind === 'failure' || before.length === 0) return launch;
  // `exec`, so that the program receives the signals.
  const script = [...before, simple ? `exec ${quoted(launch.command)}` : last].join(' && ');
  return { ...launch, command: ['/bin/sh', '-c', script], usesPackages: true };
}

const WRAPPERS: Readonly<Record<string, Runner>> = {
  // ECS and the sandbox already start an init process.
  ...Object.fromEntries(
    ['tini', 'tini-static', 'dumb-init', 'catatonit'].map((name) => [
      name,
      ((args) => words(...splitOptions(args, ['-p', '-e', '--rewrite', '-r']).rest)) satisfies Runner,
    ]),
  ),
  // The user of the image is not root, so there is no user to give up.
  ...Object.fromEntries(
    ['su-exec', 'gosu'].map((name) => [name, ((args) => words(...args.slice(1))) satisfies Runner]),
  ),
  exec: (args) => words(...args),
  ...Object.fromEntries(
    ['env', 'cross-env', 'cross-env-shell'].map((name) => [
      name,
      ((args) => {
        const { environment, words: rest } = withAssignments(args);
        return rest.length === 0 || rest[0]?.startsWith('-') ? undefined : { ...words(...rest), environment };
      }) satisfies Runner,
    ]),
  ),
  ...Object.fromEntries(
    ['sh', 'bash', 'ash', 'dash'].map((name) => [
      name,
      ((args) => (args[0] === '-c' && args.length === 2 ? line(args[1] ?? '') : undefined)) satisfies Runner,
    ]),
  ),
};

function interpretWords(command: readonly string[], place: LaunchPlace): Interpretation {
  const [program = '', ...args] = command;
  const name = posix.basename(program);
  if (name === 'docker-entrypoint.sh' && ownProgram(program, place) === undefined)
    return words(...asNodeImage(args, place));
  const runner =
    [WRAPPERS, PACKAGE_RUNNERS].find((table) => Object.hasOwn(table, name))?.[name] ?? nodeRunner(program);
  return runner?.(args, place) ?? otherProgram(command, place);
}

/** The entry point of Node's images runs Node if the command is an option or a file that cannot be executed. */
export const asNodeImage = (command: readonly string[], place: LaunchPlace): readonly string[] => {
  const [program = ''] = command;
  const isScript =
    /\.[cm]?[jt]sx?$/.test(program) && !program.startsWith('/') && fileOf(program, place) !== undefined;
  return program.startsWith('-') || isScript ? ['node', ...command] : command;
};

/** Returns the file of the program at a path, relative to its folder. */
const fileOf = (path: string, { view, layout, folder }: LaunchPlace): string | undefined =>
  locate(layout, posix.resolve(folder, path)).find((file) => view.kindOf(file) === 'file');

/** Returns a program that the Dockerfile copies to the search path, as a path of the working directory. */
function ownProgram(program: string, place: LaunchPlace): string | undefined {
  const paths = program.includes('/')
    ? [program]
    : BASE_PATH.split(':').map((folder) => posix.join(folder, program));
  const [name] = paths.flatMap((path) => ownName(path, place) ?? []);
  return name === undefined || name.startsWith('.') ? name : `./${name}`;
}

/** Returns the name of a file of the program, relative to the working directory. */
function ownName(path: string, place: LaunchPlace): string | undefined {
  const file = fileOf(path, place);
  return file === undefined ? undefined : posix.relative(place.folder, posix.join(place.layout.folder, file));
}

/** A program of the image or of a package. Packages for development are not in the image. */
function otherProgram(command: readonly string[], place: LaunchPlace): Launch | NoLaunch {
  const [program = '', ...args] = command;
  if (program === '') return { kind: 'failure', why: 'It is empty.' };
  const {
    dependencies = {},
    optionalDependencies = {},
    devDependencies = {},
  } = manifestAt(place)?.manifest ?? {};
  const owner = DEVELOPMENT_PACKAGES[program] ?? program;
  const installed = { ...optionalDependencies, ...dependencies };
  if (Object.hasOwn(devDependencies, owner) && !Object.hasOwn(installed, owner))
    return {
      kind: 'failure',
      why: `It runs ${program}, and the image does not contain devDependencies such as ${owner}.`,
      fix: `Run npm install ${owner} in that folder, if the program needs it at run time.`,
    };
  const isOwnFile = /^\.{1,2}\//.test(program);
  if (isOwnFile && fileOf(program, place) === undefined)
    return { kind: 'failure', why: `It runs ${program}, which does not exist.` };
  // The sandbox has no absolute paths of the image.
  const words = args.map((word) => (word.startsWith('/') ? (ownName(word, place) ?? word) : word));
  return plainLaunch([ownProgram(program, place) ?? program, ...words], place);
}

/** The packages of programs with another name. */
const DEVELOPMENT_PACKAGES: Readonly<Record<string, string>> = {
  'babel-node': '@babel/node',
  ng: '@angular/cli',
  'vue-cli-service': '@vue/cli-service',
};
