// Credentials of private registries: where they are kept, and that only a registry that refuses anonymous requests receives them.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { credentialsFor } from '../../../../lib/image/registry-credentials.ts';
import { openRepository } from '../../../../lib/image/registry-session.ts';
import { baseFixture, startRegistry, type RegistryOptions } from './base-registry.ts';
import { folderOf } from './folder.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const LOGIN = `Basic ${base64('ada:pass:word')}`;
const auths = (key: string, auth = base64('ada:pass:word')) => JSON.stringify({ auths: { [key]: { auth } } });

test.each<[string, string, string]>([
  ['registry.example.com:5000', 'registry.example.com:5000', '.docker/config.json'],
  ['registry.example.com', 'https://registry.example.com', '.docker/config.json'],
  ['docker.io', 'https://index.docker.io/v1/', '.docker/config.json'],
  ['quay.io', 'quay.io', 'run/containers/auth.json'],
  ['ghcr.io', 'ghcr.io', 'other/login.json'],
  ['ghcr.io', 'ghcr.io', 'docker/config.json'],
])('the login of %s is found under %s in %s', async (host, key, file) => {
  const home = await folderOf({ [file]: auths(key) });
  const env = {
    XDG_RUNTIME_DIR: join(home, 'run'),
    REGISTRY_AUTH_FILE: join(home, 'other/login.json'),
    ...(file.startsWith('docker/') && { DOCKER_CONFIG: join(home, 'docker') }),
  };
  expect(await credentialsFor(host, env, home)).toBe(LOGIN);
  expect(await credentialsFor('other.example.com', env, home)).toBeUndefined();
});

test.each([
  ['is missing', {}],
  ['is not JSON', { '.docker/config.json': '{' }],
  ['is null', { '.docker/config.json': 'null' }],
  ['has no password', { '.docker/config.json': auths('ghcr.io', base64('ada')) }],
  ['has another type', { '.docker/config.json': '{"auths":{"ghcr.io":{"auth":1}}}' }],
  ['names a helper that does not exist', { '.docker/config.json': '{"credsStore":"absent"}' }],
  ['names a helper in another folder', { '.docker/config.json': '{"credsStore":"../absent"}' }],
])('a file that %s has no login, and is no error', async (_, files) => {
  expect(await credentialsFor('ghcr.io', {}, await folderOf(files))).toBeUndefined();
});

/** Makes a helper that answers for one registry, and returns an environment whose PATH contains it. */
async function helper(name: string, answer: object, forKey: string): Promise<NodeJS.ProcessEnv> {
  const bin = await folderOf();
  const script = `#!/bin/sh\nread -r key\n[ "$1" = get ] && [ "$key" = ${forKey} ] || exit 1\necho '${JSON.stringify(answer)}'\n`;
  await writeFile(join(bin, `docker-credential-${name}`), script);
  await chmod(join(bin, `docker-credential-${name}`), 0o755);
  return { PATH: bin };
}

test.each([
  ['for the registry', { credHelpers: { 'ghcr.io': 'vault' } }],
  ['for all registries', { credsStore: 'vault' }],
])('a helper %s is asked', async (_, config) => {
  const env = await helper('vault', { Username: 'ada', Secret: 'pass:word' }, 'ghcr.io');
  const home = await folderOf({ '.docker/config.json': JSON.stringify(config) });
  expect(await credentialsFor('ghcr.io', env, home)).toBe(LOGIN);
  expect(await credentialsFor('quay.io', env, home)).toBeUndefined();
});

test('an identity token of a helper is not a password', async () => {
  const env = await helper('vault', { Username: '<token>', Secret: 'pass:word' }, 'ghcr.io');
  const home = await folderOf({ '.docker/config.json': '{"credsStore":"vault"}' });
  expect(await credentialsFor('ghcr.io', env, home)).toBeUndefined();
});

/** Reads a manifest with credentials. Returns the status, how often they were read, and the headers that the registry received. */
async function readWith(options: RegistryOptions, login: string | undefined = LOGIN) {
  const received: (string | undefined)[] = [];
  const { host } = await startRegistry(baseFixture(), {
    ...options,
    intercept: (request, response) => {
      received.push(request.headers.authorization);
      return options.intercept?.(request, response) ?? false;
    },
  });
  let readCount = 0;
  const credentials = async () => {
    readCount += 1;
    return login;
  };
  const { signal } = new AbortController();
  const read = openRepository({ host, repository: 'node' }, { signal, timeoutMs: 10_000, credentials });
  const answer = await read('manifests/latest', '*/*');
  await answer.cancel();
  return { status: answer.status, readCount, received };
}

test('a registry that needs no login does not receive one', async () => {
  expect(await readWith({})).toEqual({ status: 200, readCount: 0, received: [undefined] });
});

test('a server of tokens receives the login, and the registry only the token', async () => {
  const { status, received } = await readWith({ needsToken: true });
  expect({ status, received }).toEqual({ status: 200, received: [undefined, LOGIN, 'Bearer token 1'] });
});

const basic: RegistryOptions = {
  intercept: ({ headers }, response) => {
    if (headers.authorization === LOGIN) return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="private"' }).end();
    return true;
  },
};

test('a registry that asks for a password receives it', async () => {
  expect(await readWith(basic)).toEqual({ status: 200, readCount: 1, received: [undefined, LOGIN] });
});

test('a wrong password is sent once', async () => {
  const wrong = `Basic ${base64('ada:wrong')}`;
  expect(await readWith(basic, wrong)).toEqual({ status: 401, readCount: 1, received: [undefined, wrong] });
});
