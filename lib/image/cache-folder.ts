/** The folder of the image cache, which all projects of a user share: a base image is downloaded once per machine. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Returns the folder: SLIPWAY_CACHE, or `slipway` in the user's folder for caches.
 * @param home the user's home folder
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function imageCacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const own = env['SLIPWAY_CACHE'];
  if (own) return resolve(own);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'slipway');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'slipway');
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'slipway');
}
