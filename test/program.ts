/** For tests that kill processes: compiles and starts small programs that use parts of Slipway. */
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
/** The definitions that CommonJS packages expect. */
const COMMONJS = `import { createRequire as requireFrom } from 'node:module';
  const require = requireFrom(import.meta.url), __filename = import.meta.filename;`;
const ESBUILD = join(ROOT, 'node_modules/esbuild/lib/main.js');
const children: ChildProcess[] = [];
const folders: string[] = [];
afterAll(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Creates a folder to which any user can write; it is removed after the tests of the file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  chmodSync(folder, 0o777);
  folders.push(folder);
  return folder;
}

/**
 * Compiles a program once, so that it starts fast.
 * @param source TypeScript, which may import from `lib/…` and `sandbox/…`
 * @returns the path of the compiled file
 */
export async function compileProgram(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source.replaceAll(/'(?=(lib|sandbox)\/)/g, "'./"), resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    // A call is recognised by the name of its command.
    keepNames: true,
    // It finds its binary next to its own file.
    alias: { esbuild: ESBUILD },
    external: [ESBUILD],
    banner: { js: COMMONJS },
    logLevel: 'silent',
    plugins: [sourceLocations],
  });
  const file = join(newFolder(), 'program.mjs');
  writeFileSync(file, outputFiles[0]?.contents ?? '');
  return file;
}

/** A running program that reads and writes lines. */
export interface Program {
  readonly child: ChildProcess;
  /** Reads the next line of the output; undefined at the end of the output. */
  readonly nextLine: () => Promise<string | undefined>;
  /** Writes a line to the program's input. */
  readonly send: (line: string) => void;
  /** Resolves with the exit code, or with the name of the signal that ended the program. */
  readonly ended: Promise<number | string>;
  readonly kill: () => Promise<void>;
}

/**
 * A `user` for `startProgram` in tests of file modes: file modes do not apply to the superuser. If the tests run as the
 * superuser, this is an unprivileged user; otherwise it is empty, which means the current user.
 */
export const UNPRIVILEGED = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/**
 * Starts a compiled program.
 * @param firstCommand a shell command to run before the program, such as `umask 0`
 * @param user the user to run as: `UNPRIVILEGED`, or by default the current one
 */
export function startProgram(
  file: string,
  args: readonly string[],
  firstCommand = ':',
  user: object = {},
): Program {
  const script = `${firstCommand}; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', script, process.execPath, file, ...args], {
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
      const { done, value } = (await lines.next()) as { done?: boolean; value: string };
      return done ? undefined : value;
    },
    send: (line) => child.stdin.write(`${line}\n`),
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
