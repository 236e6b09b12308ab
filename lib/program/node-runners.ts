/** Programs that run a file with Node: node itself, runners of TypeScript, and tools that restart a program while it is developed. */
import { posix } from 'node:path';
import { parseJson, record } from './folder-view.ts';
import { locate } from './image-layout.ts';
import { line, manifestAt, nodeLaunch, plainLaunch, words, type LaunchPlace, type Runner } from './launch.ts';
import { isTypeScript } from './module-resolution.ts';
import { quoted } from './shell-words.ts';

/** The options of Node whose value is the next word. https://nodejs.org/api/cli.html */
const NODE_VALUES = [
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--title',
];
const TS_NODE_VALUES = [
  '-r',
  '--require',
  '-P',
  '--project',
  '-O',
  '--compilerOptions',
  '-C',
  '--compiler',
  '--cwd',
  '--loader',
];
const TSX_VALUES = [...NODE_VALUES, '--tsconfig'];
const NODEMON_VALUES = [
  '-w',
  '--watch',
  '-e',
  '--ext',
  '-i',
  '--ignore',
  '-d',
  '--delay',
  '-x',
  '--exec',
  '--config',
  '-s',
  '--signal',
  '-C',
  '--cwd',
  '-I',
];
const WATCH_VALUES = ['--watch-path'];

interface Split {
  /** The options, each with its value as a separate word, if it has one. */
  readonly options: readonly (readonly string[])[];
  readonly rest: readonly string[];
}

/** Separates the options before the first other word. @param values the options whose value is the next word */
export function splitOptions(args: readonly string[], values: readonly string[]): Split {
  const options: string[][] = [];
  let index = 0;
  while (index < args.length) {
    const option = args[index] ?? '';
    if (option === '--') return { options, rest: args.slice(index + 1) };
    if (!option.startsWith('-') || option === '-') break;
    const length = values.includes(option) ? 2 : 1;
    options.push(args.slice(index, index + length));
    index += length;
  }
  return { options, rest: args.slice(index) };
}

/** Whether an option matters only while a program is developed. */
const isForDevelopment = ([name = '']: readonly string[]): boolean => /^--(?:watch|inspect-brk)/.test(name);

const node: Runner = (args, place) => {
  const { options, rest } = splitOptions(args, [
    ...NODE_VALUES,
    ...WATCH_VALUES,
    '--run',
    '-e',
    '--eval',
    '-p',
    '--print',
  ]);
  const script = options.find(([name]) => name === '--run');
  if (script?.[1] !== undefined) return words('npm', 'run', script[1]);
  if (options.some(([name = '']) => /^(?:-e|--eval|-p|--print|-i|-v|--version)$/.test(name)))
    return plainLaunch(['node', ...args], place, false);
  const flags = options.filter((option) => !isForDevelopment(option)).flat();
  const [file, ...others] = rest;
  if (file === undefined) return { kind: 'failure', why: 'It runs node without a file.' };
  return nodeLaunch({ flags, file, args: others }, place);
};

/** Makes the runner of a program that compiles TypeScript on the fly. @param kept whether its options are passed to Node */
const compiler =
  (values: readonly string[], kept: (option: readonly string[]) => boolean): Runner =>
  (args, place) => {
    const { options, rest } = splitOptions(args[0] === 'watch' ? args.slice(1) : args, values);
    if (options.some(([name = '']) => /^(?:-e|--eval|-p|--print)$/.test(name))) return undefined;
    const [file, ...others] = rest;
    if (file === undefined) return { kind: 'failure', why: 'It runs no file.' };
    const flags = options.filter((option) => kept(option) && !isForDevelopment(option)).flat();
    return nodeLaunch({ flags, file, args: others }, place);
  };

const isRequire = ([name = '']: readonly string[]): boolean => name === '-r' || name === '--require';
const tsNode = compiler(TS_NODE_VALUES, isRequire);
const tsNodeDev = compiler(
  [...TS_NODE_VALUES, '--watch', '--ignore-watch', '--debounce', '--interval', '--tree-kill-timeout'],
  isRequire,
);
const tsx = compiler(
  TSX_VALUES,
  ([name = '']) => !/^--(?:tsconfig|no-cache|clear-screen|include|exclude)/.test(name),
);

/** @see https://github.com/remy/nodemon#config-files */
const nodemon: Runner = (args, place) => {
  const { options, rest } = splitOptions(args, NODEMON_VALUES);
  const settings = {
    ...record(record(parseJson(readHere('package.json', place)))['nodemonConfig']),
    ...record(parseJson(readHere('nodemon.json', place))),
  };
  const option = (...names: string[]) => options.find(([name = '']) => names.includes(name))?.[1];
  const exec = option('-x', '--exec') ?? settings['exec'];
  const [file, ...others] = rest;
  if (typeof exec === 'string') return line([exec, quoted(rest)].join(' ').trim());
  const main = file ?? manifestAt(place)?.manifest.main ?? 'index.js';
  // Its own options may also follow the file.
  return isTypeScript(main) ? words('ts-node', main, ...others) : words('node', main, ...others);
};

const readHere = (name: string, { view, layout, folder }: LaunchPlace): string => {
  const path = locate(layout, posix.join(folder, name)).find((file) => view.kindOf(file) === 'file');
  return path === undefined ? '' : (view.read(path) ?? '');
};

/** `nest start` builds the program and runs it. @see https://docs.nestjs.com/cli/usages#nest-start */
const nest: Runner = (args, place) => {
  if (args[0] !== 'start') return undefined;
  const settings = record(parseJson(readHere('nest-cli.json', place)));
  const { entryFile = 'main' } = settings;
  return words('node', `dist/${String(entryFile)}`);
};

/** The runners by the name of the program. */
export const NODE_RUNNERS: Readonly<Record<string, Runner>> = {
  node,
  nodejs: node,
  tsx,
  esno: tsx,
  'ts-node': tsNode,
  'ts-node-esm': tsNode,
  'ts-node-script': tsNode,
  'swc-node': tsNode,
  'ts-node-dev': tsNodeDev,
  tsnd: tsNodeDev,
  'node-dev': compiler([], () => false),
  nodemon,
  nest,
};

/** Returns the runner of a program, which may be named with its folder: `node_modules/.bin/tsx`. */
export const nodeRunner = (program: string): Runner | undefined => {
  const name = posix.basename(program);
  return Object.hasOwn(NODE_RUNNERS, name) ? NODE_RUNNERS[name] : undefined;
};
