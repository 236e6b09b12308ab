/** Opens an address in the user's browser, with the command that the platform has for it. */
import { spawn } from 'node:child_process';

/** The environment in which a browser is started. */
export interface BrowserEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether a browser can be shown: on Linux, that needs a display. */
export const hasDisplay = ({ platform, env }: BrowserEnvironment): boolean =>
  env['CI'] === undefined &&
  (platform === 'darwin' ||
    platform === 'win32' ||
    [env['DISPLAY'], env['WAYLAND_DISPLAY'], env['WSL_DISTRO_NAME']].some(Boolean));

/**
 * Returns the program that opens an address, and its arguments.
 * @see https://www.freedesktop.org/wiki/Software/xdg-utils/
 */
export function browserCommand(
  url: string,
  { platform, env }: BrowserEnvironment,
): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', url];
  // `start` would need a shell, to which some characters of an address are special.
  if (platform === 'win32') return ['rundll32.exe', 'url.dll,FileProtocolHandler', url];
  if (env['WSL_DISTRO_NAME']) return ['rundll32.exe', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}

/**
 * Starts the program, and does not wait for the browser to be closed.
 * @returns whether the program could be started, and did not fail at once
 */
export function startBrowser(url: string, environment: BrowserEnvironment): Promise<boolean> {
  const [program, ...args] = browserCommand(url, environment);
  return new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore' });
    const timer = setTimeout(() => done(true), FAILS_WITHIN_MS);
    const done = (isOpened: boolean) => {
      clearTimeout(timer);
      child.unref();
      resolve(isOpened);
    };
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
}

/** The time in which the program reports that there is no browser, in milliseconds. */
const FAILS_WITHIN_MS = 1500;
