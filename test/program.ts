/** Small programs that use parts of Slipway, as real processes that can be killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from '@jest/globals';
import { build } from 'esbuild';
import { sourceLocations } from '../build/source-locations.js';

const ROOT = resolve(import.meta.dirname, '..');
/** Packages that are CommonJS have these. */
const COMMONJS = `import { createRequire } from 'node:module';
  const require = createRequire(import.meta.url), __filename = import.meta.filename;`;
const children: ChildProcess[] = [];
const folders: string[] = [];
afterAll(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that anybody may write into; it is removed after the tests of the file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  chmodSync(folder, 0o777);
  folders.push(folder);
  return folder;
}

/**
 * Compiles a program, which starts faster than one that is compiled whenever it starts.
 * @param text TypeScript; `lib/…` and `sandbox/…` are Slipway's
 * @returns its file
 */
export async function compileProgram(text: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: text.replaceAll(/'(?=(lib|sandbox)\/)/g, "'./"), resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    banner: { js: COMMONJS },
    logLevel: 'silent',
    plugins: [sourceLocations],
  });
  const file = join(newFolder(), 'program.mjs');
  writeFileSync(file, outputFiles[0]?.contents ?? '');
  return file;
}

/** A process, line by line. */
export interface Program {
  readonly child: ChildProcess;
  /** The next line that it says; undefined when it has ended. */
  readonly nextLine: () => Promise<string | undefined>;
  /** Says a line to it. */
  readonly send: (line: string) => void;
  /** Resolves with its exit code, or with the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  readonly kill: () => Promise<void>;
}

/** Nobody in particular: not even as the superuser does a test ignore what a file's mode forbids. */
export const UNPRIVILEGED = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** @param before what goes before `node` in a shell, e.g. `umask 0` */
export function startProgram(
  file: string,
  args: readonly string[],
  before = ':',
  user: object = {},
): Program {
  const line = `${before}; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', line, process.execPath, file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...user,
  });
  children.push(child);
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    nextLine: async () => {
      const line = (await lines.next()) as { done?: boolean; value: string };
      return line.done ? undefined : line.value;
    },
    send: (text) => child.stdin.write(`${text}\n`),
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
