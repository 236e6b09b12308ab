// The registry endpoint accepts only tokens that the sandbox issued in the last twelve hours, and only under local hosts.
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorizationOperations } from '../../../sandbox/aws/ecr/authorization.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { World } from '../../../sandbox/world/world.ts';
import { refusalOf, sandbox } from '../harness.ts';
import { newToken, registryScene, send } from './registry-client.ts';

const HOST = '000000000000.dkr.ecr.eu-west-1.amazonaws.localhost';
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

test('the token is for the host of the registry on this machine, and the registry accepts it', async () => {
  const { host, port, registry } = await registryScene();
  expect(host).toBe(`${HOST}:${port}`);
  expect(await registry('GET', '/v2/')).toMatchObject({
    status: 200,
    body: '{}',
    headers: { 'docker-distribution-api-version': 'registry/2.0' },
  });
});

test.each([
  ['no credentials', undefined],
  ['a token that was not issued', basic('AWS', 'x'.repeat(86))],
  ['an empty password', basic('AWS', '')],
  ['another scheme', 'Bearer abc'],
  ['credentials that are not base64', 'Basic %%%'],
])(
  'a request with %s is refused as by ECR, and learns nothing about repositories',
  async (_, authorization) => {
    const { port, host } = await registryScene();
    for (const path of ['/v2/', '/v2/web/manifests/v1', '/v2/gone/tags/list', '/v2/_catalog']) {
      const headers = { host, ...(authorization && { authorization }) };
      expect(await send(port, 'GET', path, { headers })).toMatchObject({
        status: 401,
        headers: {
          'www-authenticate': `Basic realm="http://${host}/",service="ecr.amazonaws.com"`,
          'content-type': 'text/plain; charset=utf-8',
        },
        body: 'Not Authorized\n',
      });
    }
  },
);

test('the user name must be AWS', async () => {
  const { registry, authorization } = await registryScene();
  const [, password = ''] = Buffer.from(authorization.slice(6), 'base64').toString().split(':');
  expect((await registry('GET', '/v2/', { headers: { authorization: basic('AWS', password) } })).status).toBe(
    200,
  );
  expect(
    (await registry('GET', '/v2/', { headers: { authorization: basic('root', password) } })).status,
  ).toBe(401);
});

test('a token that has expired is refused with the reason', async () => {
  const clock = manualClock();
  const { registry, host } = await registryScene({ clock });
  clock.advance(12 * 3600 * 1000 - 1);
  expect((await registry('GET', '/v2/')).status).toBe(200);
  clock.advance(1);
  const refused = await registry('GET', '/v2/');
  expect(refused).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': `Basic realm="http://${host}/",service="ecr.amazonaws.com"` },
  });
  expect(JSON.parse(refused.body)).toEqual({
    errors: [
      { code: 'DENIED', message: 'Your authorization token has expired. Reauthenticate and try again.' },
    ],
  });
});

test('a token is valid only in its region, and another account has no repositories', async () => {
  const { registry, url } = await registryScene();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const { authorization } = await newToken(
    new ECRClient({ endpoint: url, region: 'us-east-1', credentials }),
  );
  expect((await registry('GET', '/v2/', { headers: { authorization } })).status).toBe(401);
  const host = HOST.replace('eu-west-1', 'us-east-1');
  expect((await registry('GET', '/v2/', { headers: { authorization, host } })).status).toBe(200);
  const other = await registry('GET', '/v2/web/tags/list', { headers: { host: HOST.replace('0', '1') } });
  expect(other).toMatchObject({ status: 404, body: expect.stringContaining('NAME_UNKNOWN') });
});

test('a host that a client makes up creates no region', async () => {
  const { registry, world } = await registryScene();
  const before = world.regions().length;
  const host = HOST.replace('eu-west-1', 'made-up-1');
  expect((await registry('GET', '/v2/', { headers: { host } })).status).toBe(401);
  expect(world.regions()).toHaveLength(before);
});

test('under a host without a region, the token decides which registry responds', async () => {
  const { registry, port, push } = await registryScene();
  await push('v1');
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`])
    expect((await registry('GET', '/v2/web/manifests/v1', { headers: { host } })).status).toBe(200);
});

test('foreign hosts and web pages are refused before the token is checked', async () => {
  const { registry } = await registryScene();
  const untrusted: Record<string, string>[] = [
    { host: '000000000000.dkr.ecr.eu-west-1.amazonaws.com' },
    { host: 'evil.example' },
    { host: `${HOST}.evil.example` },
    { origin: 'http://evil.example' },
  ];
  for (const headers of untrusted) expect((await registry('GET', '/v2/', { headers })).status).toBe(403);
});

test('a call with the signature of an AWS API is not taken for a call of the registry, whatever its path', async () => {
  const { registry } = await registryScene();
  const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/apigateway/aws4_request';
  const response = await registry('GET', '/v2/apis', { headers: { authorization } });
  expect(response).toMatchObject({ status: 501, body: expect.stringContaining('apigateway') });
});

test('a token survives a restart, and no file contains it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  try {
    const { authorization, host, ...started } = await registryScene({ folder });
    await started.close();
    const token = authorization.slice('Basic '.length);
    const [, password = ''] = Buffer.from(token, 'base64').toString().split(':');
    const file = readFileSync(join(folder, 'world'));
    expect([token, password].filter((secret) => file.includes(secret))).toEqual([]);
    const { port } = await sandbox({ folder });
    expect((await send(port, 'GET', '/v2/web/tags/list', { headers: { host, authorization } })).status).toBe(
      200,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a world that an earlier version of the sandbox wrote is restored without tokens', async () => {
  const { world } = await registryScene();
  const snapshot = world.snapshot();
  delete snapshot.regions['eu-west-1']?.['ecr']?.['authorizationTokens'];
  delete snapshot.regions['eu-west-1']?.['ecr']?.['accountSettings'];
  const restored = new World();
  restored.restore(snapshot);
  const { ecr } = restored.region('eu-west-1');
  expect([ecr.repositories.size, ecr.authorizationTokens.size]).toEqual([1, 0]);
});

test('the sandbox remembers the newest thousand tokens of a region', async () => {
  const { registry, region } = await registryScene();
  const issue = () => authorizationOperations.GetAuthorizationToken.run({}, region);
  for (let count = 0; count < 999; count += 1) issue();
  expect((await registry('GET', '/v2/')).status).toBe(200);
  issue();
  expect((await registry('GET', '/v2/')).status).toBe(401);
  expect(region.ecr.authorizationTokens.size).toBe(1000);
});

test('GetAuthorizationToken for the registry of another account is refused, and the message names the account', async () => {
  const { ecr } = await sandbox();
  const call = ecr.send(new GetAuthorizationTokenCommand({ registryIds: ['111111111111'] }));
  expect(await refusalOf(call)).toMatchObject({ message: expect.stringContaining('111111111111') });
});
