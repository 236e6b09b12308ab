/** For tests: runs the real Terraform with its AWS provider in a separate folder, against a local endpoint. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');

/** The folder that holds public modules, if the user names one. */
export const MODULES = process.env['SLIPWAY_TERRAFORM_MODULES'];

const cleanUps: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Values of the configuration's variables. */
export type Variables = Readonly<Record<string, string | number | boolean | object>>;

/** The outcome of a Terraform command. */
export interface Outcome {
  readonly code: number;
  /** The output of a failed command. It is empty if the command succeeded. */
  readonly output: string;
}

/** The commands of Terraform. */
export interface Terraform {
  apply(variables?: Variables): Promise<Outcome>;
  /** Resolves with code 0 if there are no changes, and with code 2 if there are changes. */
  plan(variables?: Variables): Promise<Outcome>;
  destroy(variables?: Variables): Promise<Outcome>;
  /** Returns an output of the applied configuration. The output must be a string. */
  output(name: string): string;
}

/**
 * Initialises Terraform in a copy of a configuration, and links `modules` in the copy to the public modules. Commands that
 * still run are killed after the tests of the file.
 * @param configuration the folder of the configuration, relative to the repository
 */
export async function initTerraform(endpoint: string, configuration = 'bench/terraform'): Promise<Terraform> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-terraform-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  cpSync(join(ROOT, configuration), folder, { recursive: true });
  if (MODULES !== undefined) symlinkSync(resolve(MODULES), join(folder, 'modules'));
  const run = (...args: string[]) => startTerraform(folder, args);
  const initialized = await run('init', `-plugin-dir=${process.env['SLIPWAY_TERRAFORM_PLUGINS'] ?? ''}`);
  if (initialized.code !== 0) throw new Error(initialized.output);
  const flags = (variables: Variables = {}) =>
    Object.entries({ endpoint, ...variables }).flatMap(([name, value]) => [
      '-var',
      `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
    ]);
  return {
    apply: (variables) => run('apply', '-auto-approve', ...flags(variables)),
    plan: (variables) => run('plan', '-detailed-exitcode', ...flags(variables)),
    destroy: (variables) => run('destroy', '-auto-approve', ...flags(variables)),
    output: (name) => {
      const state = readFileSync(join(folder, 'terraform.tfstate'), 'utf8');
      const { outputs } = JSON.parse(state) as { outputs: Record<string, { value: string }> };
      return outputs[name]?.value ?? '';
    },
  };
}

/**
 * Returns the environment of Terraform, which has only PATH in common with this process. The proxies are unreachable, and Go
 * does not use them for loopback addresses, so Terraform can only reach this machine.
 */
const environment = (folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: folder,
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_EC2_METADATA_DISABLED: 'true',
  CHECKPOINT_DISABLE: '1',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
});

function startTerraform(folder: string, [command = '', ...args]: string[]): Promise<Outcome> {
  const child = spawn('terraform', [command, '-no-color', '-input=false', ...args], {
    cwd: folder,
    env: environment(folder),
    // Terraform and its provider get a separate process group.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, output: code === 0 ? '' : output }));
  });
  cleanUps.push(async () => {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (!isOver && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await outcome.catch(() => undefined);
  });
  return outcome;
}
