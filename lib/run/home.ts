/** The folders and files that Slipway keeps: state files and locks beside the configuration, the sandbox's data in the current folder. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CONFIG_FILE } from '../config/config.ts';
import { makeFolder } from '../state/private-file.ts';

const FOLDER = '.slipway';

/** The files of one stack: its state and its lock. */
export interface StackFiles {
  readonly file: string;
  readonly lock: string;
}

/**
 * Returns the folder of state files and locks: SLIPWAY_HOME, by default `.slipway` beside the configuration.
 * @param config the configuration file, relative to the current folder
 */
export const stateFolder = (config: string = CONFIG_FILE, env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env['SLIPWAY_HOME'] || join(dirname(config), FOLDER));

/**
 * Returns the home folder: SLIPWAY_HOME, by default `.slipway` in the current folder. It contains the sandbox's folder, which all
 * configurations of a project share, and the state files of earlier versions of Slipway.
 */
export const home = (env: NodeJS.ProcessEnv = process.env): string => resolve(env['SLIPWAY_HOME'] || FOLDER);

/** @param stack `<name>-<stage>` */
export const stackFiles = (stack: string, folder: string): StackFiles => filesNamed(stack, folder);

/** Returns the files under their former names, `<stage>.json` and `<stage>.lock`. A stage has no hyphens, so no current file has such a name. */
export const formerFiles = (stage: string, folder: string): StackFiles => filesNamed(stage, folder);

export const sandboxFolder = (folder = home()): string => join(folder, 'sandbox');

const filesNamed = (name: string, folder: string): StackFiles => ({
  file: join(folder, `${name}.json`),
  lock: join(folder, `${name}.lock`),
});

/**
 * Makes a folder for state files, and keeps it out of git. A folder that the user made gets no `.gitignore`: it may also contain
 * other files.
 */
export async function makeStateFolder(folder: string): Promise<void> {
  const isNew = await makeFolder(folder);
  if (!isNew && basename(folder) !== FOLDER) return;
  // If this fails, the file exists already, or the folder is not writable. Taking the lock reports a folder that is not writable.
  await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 }).catch(() => undefined);
}
