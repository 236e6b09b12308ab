// A command uses only the sandbox of its own user: another program on the port receives nothing but a challenge.
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSandbox } from '../../sandbox/client.ts';
import { identify, type ProvenSandbox } from '../../sandbox/identify.ts';
import { authorizationOf, proofOf, readToken } from '../../sandbox/state/token.ts';
import { startSandboxWithTasks } from '../../sandbox/sandbox-with-tasks.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-token-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Starts a protected sandbox with the same pages as the real command. */
async function protectedSandbox() {
  const folder = newFolder();
  const about = { sandbox: 'slipway', pid: process.pid, folder, background: false };
  const pages = { 'GET about': () => about };
  const sandbox = await startSandboxWithTasks({ folder, httpPort: 0, isProtected: true, pages });
  cleanUps.push(() => sandbox.close());
  return { ...sandbox, folder };
}

/** Starts a server that records the requests that it receives. */
async function startImpostor(
  respond: RequestListener,
): Promise<{ port: number; received: IncomingMessage[] }> {
  const received: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    received.push(request);
    respond(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  cleanUps.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, received };
}

const aboutBody = (folder: string) =>
  JSON.stringify({ sandbox: 'slipway', pid: process.pid, folder, background: true });

describe('a sandbox', () => {
  test('proves itself, and its client may use the admin API', async () => {
    const { port, folder } = await protectedSandbox();
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'authorization')).mode & 0o777).toBe(0o600);
    const client = await findSandbox(port);
    expect(client).toMatchObject({ folder, pid: process.pid });
    expect(await client?.census()).toEqual({});
  });

  test.each(['GET census', 'GET journal', 'POST reset', 'POST faults', 'POST weather', 'GET nowhere'])(
    'refuses %s without an authorization header and with a wrong one',
    async (page) => {
      const { url, world } = await protectedSandbox();
      const [method, name] = page.split(' ');
      let changes = 0;
      world.onChange(() => (changes += 1));
      for (const authorization of [undefined, '', 'Bearer x', authorizationOf('00'.repeat(32))]) {
        const headers = new Headers(authorization === undefined ? {} : { authorization });
        expect((await fetch(`${url}/_sandbox/${name}`, { method, headers })).status).toBe(401);
      }
      expect(changes).toBe(0);
    },
  );

  test('accepts the header from the file for curl; that file does not contain the token', async () => {
    const { url, folder } = await protectedSandbox();
    const line = readFileSync(join(folder, 'authorization'), 'utf8').trim();
    const [name = '', value = ''] = line.split(': ');
    const response = await fetch(`${url}/_sandbox/census`, { headers: { [name]: value } });
    expect(response.status).toBe(200);
    expect(line).not.toContain(readFileSync(join(folder, 'token'), 'utf8').trim());
  });

  test('serves AWS calls of other tools without a token', async () => {
    const { url } = await protectedSandbox();
    const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/ec2/aws4_request';
    const call = `${url}/?Action=DescribeVpcs&Version=2016-11-15`;
    expect((await fetch(call, { headers: { authorization } })).status).toBe(200);
  });

  test('makes a new token when it starts and removes the token when it stops', async () => {
    const folder = newFolder();
    const tokens = [];
    for (let start = 0; start < 2; start += 1) {
      const sandbox = await startSandboxWithTasks({ folder, httpPort: 0, isProtected: true });
      tokens.push(await readToken(folder));
      await sandbox.close();
    }
    expect(tokens).toEqual([{ token: expect.any(String) }, { token: expect.any(String) }]);
    expect(tokens[0]).not.toEqual(tokens[1]);
    expect(await readToken(folder)).toBe('missing');
  });
});

describe('another program on the port', () => {
  /** Checks that the program received a single request, with a challenge and no credentials. */
  const expectOnlyAChallenge = (received: readonly IncomingMessage[]) => {
    expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /_sandbox/about']);
    expect(Object.keys(received[0]?.headers ?? {}).sort()).toEqual([
      'connection',
      'host',
      'slipway-challenge',
    ]);
  };

  test.each<[string, (port: number, challenge: string, body: string) => string]>([
    ['no proof', () => ''],
    ['a wrong proof', (port, challenge, body) => proofOf('00'.repeat(32), port, challenge, body)],
    [
      'a proof for another challenge',
      (port, _, body) => proofOf('ab'.repeat(32), port, 'cd'.repeat(32), body),
    ],
    [
      'a proof for another port',
      (port, challenge, body) => proofOf('ab'.repeat(32), port + 1, challenge, body),
    ],
    ['a proof of another body', (port, challenge) => proofOf('ab'.repeat(32), port, challenge, '{}')],
  ])('that names the folder of the real sandbox and sends %s is not used', async (_, makeProof) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'token'), 'ab'.repeat(32), { mode: 0o600 });
    const { port, received } = await startImpostor((request, response) => {
      const challenge = String(request.headers['slipway-challenge']);
      response
        .setHeader('slipway-proof', makeProof(port, challenge, aboutBody(folder)))
        .end(aboutBody(folder));
    });
    expect(await identify(port)).toBe('unproven');
    expectOnlyAChallenge(received);
    await expect(findSandbox(port)).rejects.toMatchObject({
      kind: 'port taken',
      message: expect.stringMatching(/cannot prove that it is yours/),
    });
  });

  test('that passes the challenge on to the real sandbox is not used', async () => {
    const real = await protectedSandbox();
    const { port, received } = await startImpostor((request, response) => {
      const headers = { 'slipway-challenge': String(request.headers['slipway-challenge']) };
      void fetch(`${real.url}/_sandbox/about`, { headers }).then(async (answer) => {
        response.setHeader('slipway-proof', answer.headers.get('slipway-proof') ?? '');
        response.end(await answer.text());
      });
    });
    expect(await identify(port)).toBe('unproven');
    expectOnlyAChallenge(received);
    expect((await identify(real.port)) as ProvenSandbox).toMatchObject({ about: { folder: real.folder } });
  });

  test.each<[string, string]>([
    ['a relative folder', aboutBody('.slipway/sandbox')],
    ['a folder that is a number', JSON.stringify({ sandbox: 'slipway', folder: 7 })],
    ['null', 'null'],
    ['a response that never ends', ''],
  ])('that answers with %s is not a sandbox', async (_, body) => {
    const { port } = await startImpostor((_, response) => {
      if (body !== '') return response.end(body);
      const write = (): unknown => response.destroyed || response.write('x'.repeat(100_000), write);
      return write();
    });
    expect(await identify(port)).toBe('other');
  });

  test('is reported in an error that quotes nothing of its response', async () => {
    const folder = '/tmp/\u001b[2J';
    const { port } = await startImpostor((_, response) => response.end(aboutBody(folder)));
    await expect(findSandbox(port)).rejects.toThrow(/^[ -~]+$/);
  });
});

describe('the token', () => {
  test('of another user is not read', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'token'), 'ab'.repeat(32), { mode: 0o600 });
    const user = process.getuid?.() ?? 0;
    expect(await readToken(folder, user)).toEqual({ token: 'ab'.repeat(32) });
    expect(await readToken(folder, user + 1)).toBe('another user');
  });

  test.each([
    ['a link', (file: string) => symlinkSync('/etc/hostname', file)],
    ['a folder', (file: string) => symlinkSync('.', file)],
    ['a short file', (file: string) => writeFileSync(file, 'abc')],
    ['a file with other contents', (file: string) => writeFileSync(file, 'x'.repeat(64))],
  ])('counts as missing if its file is %s', async (_, create) => {
    const folder = newFolder();
    create(join(folder, 'token'));
    expect(await readToken(folder)).toBe('missing');
  });

  test('of another user makes the sandbox unusable', async () => {
    const folder = newFolder();
    const file = join(folder, 'token');
    writeFileSync(file, 'ab'.repeat(32), { mode: 0o600 });
    // Root can give the file to another user; for other users, an unreadable file has the same effect.
    if (process.getuid?.() === 0) chownSync(file, 12_345, 12_345);
    else chmodSync(file, 0);
    const { port } = await startImpostor((request, response) => {
      const challenge = String(request.headers['slipway-challenge']);
      const proof = proofOf('ab'.repeat(32), port, challenge, aboutBody(folder));
      response.setHeader('slipway-proof', proof).end(aboutBody(folder));
    });
    await expect(findSandbox(port)).rejects.toMatchObject({
      kind: 'port taken',
      message: `Port ${port} is in use by a sandbox of another user.`,
    });
  });
});
