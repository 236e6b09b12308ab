/** The home folder of Slipway: state files, locks and the data of the sandbox. */
import { join, resolve } from 'node:path';

/** Returns the home folder: SLIPWAY_HOME, by default `.slipway` in the current folder. */
export const home = (env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env['SLIPWAY_HOME'] ?? '.slipway');

export const stateFile = (stage: string, folder = home()): string => join(folder, `${stage}.json`);
export const lockFile = (stage: string, folder = home()): string => join(folder, `${stage}.lock`);
export const sandboxFolder = (folder = home()): string => join(folder, 'sandbox');
