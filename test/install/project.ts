/** For the tests of the package: a project that installs it from the tarball, with an empty cache and without a network. */
import { spawn } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { followProcess, type Outcome, type RunningCommand } from '../journeys/command.ts';
import { machine, ROOT, type Machine } from '../journeys/harness.ts';
import { startRegistry, type PackageRegistry } from './registry.ts';
import { TARBALL_VARIABLE } from './tarball.ts';

/** A project, on a machine with its own sandbox. */
export interface Project extends Machine {
  readonly registry: PackageRegistry;
  /** Starts a program in a folder of the project. */
  readonly command: (command: string, args: readonly string[], folder?: string) => RunningCommand;
  /** Runs a command of Slipway through npx. */
  readonly slipway: (...args: string[]) => Promise<Outcome>;
}

/** Creates a project with these files before the tests, and installs the package with npm. */
export function project(files: Readonly<Record<string, string>>): () => Project {
  let created: Project | undefined;
  let registry: PackageRegistry | undefined;
  beforeAll(async () => {
    registry = await startRegistry(join(ROOT, 'node_modules'));
    const user = await machine({ npm_config_registry: registry.url, npm_config_update_notifier: 'false' });
    for (const [name, text] of Object.entries(files)) user.write(name, text);
    const command: Project['command'] = (program, args, folder = '.') =>
      followProcess(spawn(program, args, { cwd: join(user.folder, folder), env: user.env }));
    created = {
      ...user,
      registry,
      command,
      slipway: (...args) => command('npx', ['slipway', ...args]).done,
    };
    const tarball = process.env[TARBALL_VARIABLE];
    if (tarball === undefined) throw new Error('Run these tests with npm run test:install.');
    const { code, stderr } = await command('npm', ['install', '--save-dev', '--no-audit', tarball]).done;
    if (code !== 0) throw new Error(stderr);
  }, 120_000);
  afterAll(() => registry?.close());
  return () => {
    if (!created) throw new Error('The project does not exist yet.');
    return created;
  };
}

/** Returns the size of a file, or of all files in a folder and its subfolders, in bytes. A file with several names counts once. */
export function sizeOf(path: string, counted = new Set<number>()): number {
  const stats = lstatSync(path);
  if (stats.isDirectory())
    return readdirSync(path).reduce((total, name) => total + sizeOf(join(path, name), counted), 0);
  if (!stats.isFile() || counted.has(stats.ino)) return 0;
  counted.add(stats.ino);
  return stats.size;
}
