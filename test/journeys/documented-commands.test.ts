/** Runs the shell blocks of the documents: each document in a fresh copy of the repository, from top to bottom. */
import { spawn, spawnSync, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { blocksIn, programsIn, stopAtFailure, type Block } from '../documented-commands.ts';
import { freePort, machine, ROOT, type Machine } from './harness.ts';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...['docs', 'docs/guides'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
  'sandbox/README.md',
  'bench/terraform/README.md',
];
const NOT_COPIED = /^(node_modules|coverage|dist|\.git|\.slipway)$|\/node_modules$/;

/** A machine with a copy of the repository, and all output of the commands so far. */
interface ReaderMachine extends Machine {
  readonly copy: string;
  readonly httpPort: number;
  output: string;
}

/** Copies the repository with its installed packages: an image contains no packages that are links out of the project. */
function copyRepository(copy: string): void {
  cpSync(ROOT, copy, { recursive: true, filter: (from) => !NOT_COPIED.test(relative(ROOT, from)) });
  mkdirSync(join(copy, 'node_modules'));
  const packages = readdirSync(join(ROOT, 'node_modules')).filter((name) => name !== '.cache');
  const paths = packages.map((name) => join(ROOT, 'node_modules', name));
  const copyWith = (flags: string) => spawnSync('cp', [flags, ...paths, join(copy, 'node_modules')]).status;
  // Hard links take a fraction of the time, but cannot lead to another file system.
  if (copyWith('-al') !== 0) expect(copyWith('-a')).toBe(0);
}

async function newReader(): Promise<ReaderMachine> {
  const httpPort = await freePort();
  const user = await machine({
    SLIPWAY_SANDBOX_HTTP_PORT: String(httpPort),
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    // Makes `npm ci` only check that package-lock.json matches package.json, since tests are offline.
    npm_config_dry_run: 'true',
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  });
  const copy = join(user.folder, 'slipway');
  copyRepository(copy);
  return Object.assign(user, { copy, httpPort, output: '' });
}

const children: ChildProcess[] = [];
afterAll(() => {
  for (const { pid, exitCode, signalCode } of children) {
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }
});

/** Starts a script in the copy, as a process group that is killed after the tests if it still runs. */
function startScript({ copy, env }: ReaderMachine, script: string): ChildProcessWithoutNullStreams {
  const child = spawn('bash', ['-c', script], { cwd: copy, env, detached: true });
  children.push(child);
  return child;
}

/** Runs a script in the copy, after replacing the documented ports with those of the machine. */
async function runScript(reader: ReaderMachine, location: string, script: string): Promise<void> {
  const adaptedScript = script
    .replaceAll('@.slipway/', `@${reader.folder}/.slipway/`)
    .replaceAll(':4566', `:${reader.port}`)
    .replaceAll(':8080', `:${reader.httpPort}`);
  const child = startScript(reader, stopAtFailure(adaptedScript));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((ended) => child.on('close', ended));
  reader.output += output;
  if (code !== 0) throw new Error(`${location} ended with ${code}:\n${script}\n${output}`);
}

const sandboxAnswers = (reader: ReaderMachine): Promise<boolean> =>
  reader.admin('about').then(
    () => true,
    () => false,
  );

async function stopSandbox(reader: ReaderMachine): Promise<void> {
  await reader.admin('stop', { method: 'POST' }).catch(() => undefined);
  while (await sandboxAnswers(reader)) await pause();
}

/** Stops the running sandbox, starts one in the foreground with this command, and resolves when the new sandbox answers. */
async function restartInForeground(reader: ReaderMachine, command: string): Promise<void> {
  await stopSandbox(reader);
  const child = startScript(reader, command);
  for (const stream of [child.stdout, child.stderr]) stream.resume();
  while (!(await sandboxAnswers(reader))) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    await pause();
  }
}

const pause = () => new Promise((later) => setTimeout(later, 20));

/** Matches the first line of a block that shows a file: the path and, if the file already exists, the place of insertion. */
const FILE = /^\/\/ (?<path>\S+\.\w+)(?:, under (?<place>\w+))?\n/;

/** Writes the file that a block shows, or inserts its text into an existing file. */
function writeBlock(reader: ReaderMachine, { text }: Block): void {
  const { path = '', place } = FILE.exec(text)?.groups ?? {};
  const file = join(reader.copy, path);
  const opening = `${place}: {\n`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    place === undefined ? text : readFileSync(file, 'utf8').replace(opening, `${opening}${text}`),
  );
}

/** Acts on a block as a reader would: runs its commands, writes its file, or plans its configuration. */
async function followBlock(reader: ReaderMachine, block: Block): Promise<void> {
  const { at, text } = block;
  if (isCommands(block)) {
    const [first = '', ...rest] = text.split('\n');
    if (!first.startsWith('npm run sandbox')) return runScript(reader, at, text);
    await restartInForeground(reader, first);
    return runScript(reader, at, rest.join('\n'));
  }
  if (FILE.test(text)) return writeBlock(reader, block);
  if (isConfiguration(block)) {
    writeFileSync(join(reader.copy, 'example.config.ts'), text);
    return runScript(reader, at, 'npm run provision -- --config example.config.ts --stage example --plan');
  }
}

const isCommands = ({ language }: Block): boolean => language === 'sh';
const isConfiguration = ({ language, text }: Block): boolean =>
  language === 'ts' && text.includes('defineStack');
const isNewFile = ({ text }: Block): boolean => FILE.test(text) && !FILE.exec(text)?.groups?.['place'];

/** Preparations that run before the commands of a document. */
const PREPARATIONS: Readonly<Record<string, (reader: ReaderMachine) => Promise<void>>> = {
  // The README shows the plan that this prints, before the question "Type yes".
  'README.md': (reader) => runScript(reader, 'the preparation', 'npm run provision -- --plan'),
  'docs/converge.md': async (reader) => {
    await restartInForeground(reader, 'npm run sandbox');
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    const logs = new CloudWatchLogsClient({ endpoint: reader.endpoint, region: 'eu-west-1', credentials });
    await logs.send(
      new CreateLogGroupCommand({ logGroupName: '/slipway/slipway-dev', tags: { team: 'orders' } }),
    );
    logs.destroy();
  },
  'sandbox/README.md': (reader) => runScript(reader, 'the preparation', 'npm run provision'),
};

/** Returns the reason why a block cannot run here; undefined if it can. */
function skipReasonOf({ language, text, reasonNotRun }: Block): string | undefined {
  if (reasonNotRun !== undefined || language !== 'sh') return reasonNotRun;
  const missing = programsIn(text).filter(
    (program) => spawnSync('bash', ['-c', `command -v ${program}`]).status !== 0,
  );
  return missing.length === 0 ? undefined : `needs ${missing.join(' and ')}, not installed here`;
}

const documents = DOCUMENTS.map((document) => ({ document, blocks: blocksIn(ROOT, document) }));
const skipReasons = new Map(
  documents.flatMap(({ blocks }) => blocks.map((block) => [block, skipReasonOf(block)])),
);

describe('documented commands', () => {
  const runnable = documents
    .map(({ document, blocks }) => ({
      document,
      blocks: blocks.filter((one) => !skipReasons.get(one)),
    }))
    .filter(({ blocks }) => blocks.some((block) => isCommands(block) || isConfiguration(block)));

  test.each(runnable)(
    'the commands in $document succeed in the order shown',
    async ({ document, blocks }) => {
      const reader = await newReader();
      await PREPARATIONS[document]?.(reader);
      // A configuration may appear before the program that it refers to.
      for (const block of blocks.filter(isNewFile)) writeBlock(reader, block);
      for (const block of blocks) await followBlock(reader, block);
      if (document === 'README.md') expect(transcriptOf(blocks).filter(isMissingFrom(reader))).toEqual([]);
      // Removing the packages of all copies at once would take minutes.
      await stopSandbox(reader);
      await rm(reader.copy, { recursive: true, maxRetries: 3 });
    },
    300_000,
  );
});

/** Returns the output lines that a document shows, without commands, questions, and lines that vary between runs. */
const transcriptOf = (blocks: readonly Block[]): string[] =>
  blocks
    .filter(({ language, text }) => language === '' && text.startsWith('$ npm run'))
    .flatMap(({ text }) => text.trimEnd().split('\n'))
    .filter((line) => !/^\$ |^ *…$|Type yes| waiting /.test(line));

const isMissingFrom = ({ output, httpPort }: ReaderMachine) => {
  const lines = new Set(output.replaceAll(String(httpPort), '8080').split('\n').map(withoutIds));
  return (line: string) => !lines.has(withoutIds(line));
};

const withoutIds = (line: string): string =>
  line
    .replaceAll(/\b[\da-f]{8,}\b/g, '#')
    .replace(/(,| ) ?\d+(\.\d)? s$/, '')
    .trimEnd();

describe('documented commands that cannot run here', () => {
  for (const [{ at, language }, reason] of skipReasons) {
    if (language === 'sh' && reason !== undefined) test.skip(`${at}: ${reason}`, () => undefined);
  }
});
