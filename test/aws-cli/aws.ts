/** Runs commands of the AWS CLI, version 1 or 2, against a local endpoint. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';

export const REGION = 'eu-west-1';

/** Thrown for a command that fails. */
export interface CommandFailure extends Error {
  /** The exit code. */
  readonly code: number;
  readonly stderr: string;
}

/** Runs a command, and returns its parsed output, which has the type `T`. */
export type Aws = <T = unknown>(...args: string[]) => Promise<T>;

const execute = promisify(execFile);

const homes: string[] = [];
afterAll(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/**
 * Returns a function that runs commands of the CLI. The commands inherit only PATH from the environment of this process. The
 * function parses their JSON output, and throws a `CommandFailure` if a command fails.
 */
export function makeAws(endpoint: string): Aws {
  const home = mkdtempSync(join(tmpdir(), 'slipway-aws-cli-'));
  homes.push(home);
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_DEFAULT_REGION: REGION,
    AWS_DEFAULT_OUTPUT: 'json',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Version 2 shows its output in a pager by default.
    AWS_PAGER: '',
  };
  return async <T>(...args: string[]) => {
    const { stdout } = await execute('aws', [...args, '--endpoint-url', endpoint], {
      cwd: home,
      env,
      timeout: 600_000,
      killSignal: 'SIGKILL',
    });
    return (stdout.trim() === '' ? undefined : JSON.parse(stdout)) as T;
  };
}
