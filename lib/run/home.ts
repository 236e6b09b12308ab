/** The folder where Slipway keeps what it remembers: state, locks, and the sandbox's data. */
import { join, resolve } from 'node:path';

/** `.slipway` in the current folder, or where SLIPWAY_HOME says. */
export const home = (env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env['SLIPWAY_HOME'] ?? '.slipway');

export const stateFile = (stage: string, folder = home()): string => join(folder, `${stage}.json`);
export const lockFile = (stage: string, folder = home()): string => join(folder, `${stage}.lock`);
export const sandboxFolder = (folder = home()): string => join(folder, 'sandbox');
