/** Starts a sandbox as a background process that outlives this one; its output goes to a log file in its folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptVariables } from './environment.ts';
import { makeSandboxFolder } from './state/folder.ts';
import { V8_OPTIONS } from './v8-options.ts';

/** The exit code of a background sandbox that ends because another process uses its port or folder. */
export const LOST_RACE_EXIT_CODE = 75;

/**
 * Spawns the process of a sandbox.
 * @throws the error of mkdir or open when the folder or its log cannot be written
 */
export function spawnSandbox(port: number, folder: string): ChildProcess {
  makeSandboxFolder(folder);
  const output = openSync(logFileIn(folder), 'a', 0o600);
  const runner = join(import.meta.dirname, '../run.js');
  const child = spawn(
    process.execPath,
    [...V8_OPTIONS, runner, 'sandbox', '--port', String(port), '--folder', folder, '--background'],
    { detached: true, stdio: ['ignore', output, output], env: keptVariables(process.env) },
  );
  closeSync(output);
  child.unref();
  return child;
}

/** Returns the last lines of a background sandbox's log. */
export const lastLogLines = (folder: string): string =>
  readFileSync(logFileIn(folder), 'utf8').trim().split('\n').slice(-5).join('\n');

const logFileIn = (folder: string): string => join(folder, 'sandbox.log');
