/** For `npm run test:…`: runs the tests of a folder that has its own configuration of Jest. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/**
 * Runs the tests of a folder in a separate process, with the flags of this process.
 * @param folder the folder that contains `jest.config.js`, relative to the repository
 * @param more flags in addition
 * @returns the exit code
 */
export function runJest(folder: string, more: readonly string[] = []): number {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const flags = ['--config', join(folder, 'jest.config.js'), ...more, ...process.argv.slice(2)];
  return spawnSync(process.execPath, [jest, ...flags], { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}

/** Whether a program can be run with these arguments. */
export const canRun = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;
