/** The credentials of registries that `docker login` and `podman login` keep on this machine. They are read only when they are needed. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The key of Docker Hub, from the time when its API had another host. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';
/** How long a helper may take, milliseconds; it may ask the user for permission. */
const HELPER_TIMEOUT_MS = 30_000;
/** A helper with this user name returns a token of another protocol. */
const IDENTITY_TOKEN = '<token>';

/** The part of a configuration file about credentials. */
interface LoginFile {
  readonly auths?: Readonly<Record<string, { readonly auth?: unknown } | undefined>>;
  readonly credHelpers?: Readonly<Record<string, unknown>>;
  readonly credsStore?: unknown;
}

/**
 * Finds the credentials of a registry.
 * @param host as in a reference: `docker.io`, or `registry.example.com:5000`
 * @returns the value of an Authorization header, which must not be shown; undefined if no file has credentials that work
 * @see https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export async function credentialsFor(
  host: string,
  env: NodeJS.ProcessEnv = process.env,
  home = homedir(),
): Promise<string | undefined> {
  const keys = host === 'docker.io' ? [DOCKER_HUB_KEY, host] : [host, `https://${host}`];
  for (const file of loginFiles(env, home)) {
    const found = await credentialsIn(await readLogins(file), keys, env);
    if (found !== undefined) return `Basic ${Buffer.from(found).toString('base64')}`;
  }
  return undefined;
}

/** @see https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md */
function loginFiles(env: NodeJS.ProcessEnv, home: string): string[] {
  const runtimeFolder = env['XDG_RUNTIME_DIR'];
  return [
    join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json'),
    ...(env['REGISTRY_AUTH_FILE'] ? [env['REGISTRY_AUTH_FILE']] : []),
    ...(runtimeFolder ? [join(runtimeFolder, 'containers', 'auth.json')] : []),
  ];
}

/** Reads a file; one that is missing or damaged has no logins. */
async function readLogins(file: string): Promise<LoginFile> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as LoginFile | null) ?? {};
  } catch {
    return {};
  }
}

/** Returns `user:password`. A helper for the registry comes before the store of all registries, and before the file itself. */
async function credentialsIn(
  { auths = {}, credHelpers = {}, credsStore }: LoginFile,
  keys: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  for (const key of keys) {
    const helper = Object.hasOwn(credHelpers, key) ? credHelpers[key] : credsStore;
    const stored = typeof helper === 'string' ? await helperLogin(helper, key, env) : undefined;
    if (stored !== undefined) return stored;
    const auth = Object.hasOwn(auths, key) ? auths[key]?.auth : undefined;
    const text = typeof auth === 'string' ? Buffer.from(auth, 'base64').toString() : '';
    if (/^[^:]+:./s.test(text)) return text;
  }
  return undefined;
}

/** Asks a helper program. A helper without credentials for the registry fails. */
async function helperLogin(name: string, key: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const output = await outputOf(`docker-credential-${name}`, key, env).catch(() => '');
  try {
    const { Username: user, Secret: secret } = JSON.parse(output) as Readonly<Record<string, unknown>>;
    const isUsable = typeof user === 'string' && typeof secret === 'string' && user !== IDENTITY_TOKEN;
    return isUsable ? `${user}:${secret}` : undefined;
  } catch {
    return undefined;
  }
}

const outputOf = (program: string, input: string, env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: HELPER_TIMEOUT_MS,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`${program} failed`))));
  });
