/** Lists the environment variables that the process of a sandbox keeps: as few as possible, because tasks can read them. */

/** The variables that a sandbox keeps. README.md lists them for users. */
export const KEPT_VARIABLES: readonly string[] = [
  'HOME',
  'LANG',
  'LC_ALL',
  'PATH',
  'SLIPWAY_DEBUG',
  'SLIPWAY_HOME',
  'SLIPWAY_SANDBOX_HTTP_PORT',
  'SLIPWAY_SANDBOX_PACE',
  'SLIPWAY_SANDBOX_PORT',
  'SLIPWAY_SANDBOX_WEATHER',
  'TMPDIR',
  'TZ',
];

/** A variable that macOS adds to every process. */
const ADDED_BY_SYSTEM = '__CF_USER_TEXT_ENCODING';

/** Returns the variables that a sandbox keeps. */
export const keptVariables = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(KEPT_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

/** Whether an environment has only variables that a sandbox keeps. */
export const hasOnlyKeptVariables = (env: NodeJS.ProcessEnv): boolean =>
  Object.keys(env).every((name) => KEPT_VARIABLES.includes(name) || name === ADDED_BY_SYSTEM);
