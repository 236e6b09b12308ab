// The sandbox refuses requests from web pages, requests for foreign host names, and garbage, without failing.
import { describe, expect, test } from '@jest/globals';
import { networkInterfaces } from 'node:os';
import net from 'node:net';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import { startServer } from '../../../sandbox/server/http-server.ts';
import { exchange } from '../balancer/targets.ts';
import { sandbox } from '../harness.ts';

const SIGNED = 'Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/ec2/aws4_request';

/** Sends a request with the given lines; returns the status of the response. */
async function statusOf(port: number, ...lines: string[]): Promise<number> {
  const response = await exchange(port, [...lines, 'Connection: close', '', ''].join('\r\n'));
  return Number(/^HTTP\/1\.1 (\d+)/.exec(response)?.[1]);
}

const GET = 'GET /_sandbox/census HTTP/1.1';
const CALL = 'GET /?Action=DescribeVpcs&Version=2016-11-15 HTTP/1.1';

describe('requests from web pages', () => {
  test.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'xlocalhost',
    '10.0.0.1',
    '',
  ])(
    'are refused when they use the host name %j, which may have been rebound to this machine',
    async (host) => {
      const { port } = await sandbox();
      expect(await statusOf(port, GET, `Host: ${host}`)).toBe(403);
      expect(await statusOf(port, CALL, `Host: ${host}:4566`, SIGNED)).toBe(403);
    },
  );

  test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '[::1]', 'sandbox.localhost'])(
    'are not confused with requests to the host name %s, which are accepted',
    async (host) => {
      const { port } = await sandbox();
      expect(await statusOf(port, GET, `Host: ${host}:${port}`)).toBe(200);
      expect(await statusOf(port, CALL, `Host: ${host}`, SIGNED)).toBe(200);
    },
  );

  test.each(['Origin: http://evil.example', 'Origin: null', 'Origin: http://localhost:3000'])(
    'are refused when they have the header "%s"',
    async (origin) => {
      const { port, world } = await sandbox();
      let changes = 0;
      world.onChange(() => (changes += 1));
      for (const request of ['POST /_sandbox/reset HTTP/1.1', 'POST /_sandbox/faults HTTP/1.1', GET, CALL]) {
        expect(await statusOf(port, request, 'Host: localhost', SIGNED, origin)).toBe(403);
      }
      expect(changes).toBe(0);
    },
  );

  test.each([
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 200],
    ['none', 200],
  ])(
    'for images and scripts are recognised by Sec-Fetch-Site: %s gets the status %i',
    async (site, status) => {
      const { port } = await sandbox();
      expect(await statusOf(port, GET, 'Host: localhost', `Sec-Fetch-Site: ${site}`)).toBe(status);
    },
  );

  test('get no permission from a preflight request', async () => {
    const { url } = await sandbox();
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin: 'http://evil.example' } });
    expect(preflight.status).toBe(403);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('an address that other machines can reach', () => {
  /** Connects to a port on each of this machine's other addresses; returns the results. */
  const connectToOtherAddresses = (port: number) => {
    const others = Object.values(networkInterfaces())
      .flatMap((one) => one ?? [])
      .filter(({ internal, address }) => !internal && !address.startsWith('fe80'));
    const results = others.map(
      ({ address }) =>
        new Promise((resolve) => {
          const socket = net.connect(port, address, () => resolve('connected'));
          socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code)).unref();
        }),
    );
    return Promise.all(results);
  };

  test('has no listener', async () => {
    const { port } = await sandbox();
    for (const result of await connectToOtherAddresses(port)) expect(result).toBe('ECONNREFUSED');
  });

  test('has no listener even if options and environment variables ask for one', async () => {
    const names = ['HOST', 'HOSTNAME', 'SLIPWAY_SANDBOX_HOST', 'SLIPWAY_SANDBOX_ADDRESS'];
    const before = names.map((name) => [name, process.env[name]] as const);
    for (const name of names) process.env[name] = '0.0.0.0';
    try {
      const uncalled = () => Promise.reject(new Error('This handler must not be called'));
      const { server } = await startServer({ aws: uncalled, admin: uncalled, registry: uncalled }, 0);
      expect(server.address()).toMatchObject({ address: '127.0.0.1' });
      server.close();
      const { port } = await sandbox({ host: '0.0.0.0', address: '0.0.0.0' } as SandboxOptions);
      for (const result of await connectToOtherAddresses(port)) expect(result).toBe('ECONNREFUSED');
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});

describe('an invalid request', () => {
  test.each<[number, string, string[]]>([
    [400, 'input that is not HTTP', ['garbage']],
    [400, 'an invalid path', ['GET // HTTP/1.1', 'Host: localhost', SIGNED]],
    [400, 'an invalid URL', ['GET http://[ HTTP/1.1', 'Host: localhost', SIGNED]],
    [403, 'no signature', ['GET / HTTP/1.1', 'Host: localhost']],
    [
      501,
      'a signature for a service that is named like an inherited member',
      [CALL, 'Host: localhost', SIGNED.replace('ec2', 'constructor')],
    ],
    [
      400,
      'an operation that is named like an inherited member',
      ['GET /?Action=constructor HTTP/1.1', 'Host: localhost', SIGNED],
    ],
    [404, 'an unknown page', ['GET /_sandbox/constructor HTTP/1.1', 'Host: localhost']],
    [404, 'the parent of all pages', ['GET /_sandbox HTTP/1.1', 'Host: localhost']],
    [
      400,
      'an invalid label',
      ['GET /2013-04-01/hostedzone/%zz HTTP/1.1', 'Host: localhost', SIGNED.replace('ec2', 'route53')],
    ],
  ])('gets the status %i: %s', async (status, _, lines) => {
    const { port } = await sandbox();
    expect(await statusOf(port, ...lines)).toBe(status);
    expect(await statusOf(port, GET, 'Host: localhost')).toBe(200);
  });

  test('has no effect when the client disconnects in the middle of the body', async () => {
    const { port } = await sandbox();
    const socket = net.connect(port, '127.0.0.1');
    const head = ['POST / HTTP/1.1', 'Host: localhost', SIGNED, 'Content-Length: 100', '', 'half'];
    await new Promise<void>((written) => socket.write(head.join('\r\n'), () => written()));
    socket.resetAndDestroy();
    expect(await statusOf(port, GET, 'Host: localhost')).toBe(200);
  });

  test('with a body that is too large is refused after the body is read and discarded', async () => {
    const { url } = await sandbox();
    const response = await fetch(url, { method: 'POST', body: new Uint8Array(65 * 1024 * 1024) });
    expect(response.status).toBe(413);
  });

  test('is recorded in the journal without names that the client made up', async () => {
    const { url, journal } = await sandbox();
    const [name, value] = SIGNED.split(': ') as [string, string];
    await fetch(url, { method: 'POST', headers: { [name]: value }, body: `Action=${'x'.repeat(100_000)}` });
    expect(journal.entries()).toMatchObject([{ operation: 'unknown', result: 'InvalidAction' }]);
    const longRegion = value.replace('eu-west-1', 'x'.repeat(65));
    expect((await fetch(url, { headers: { [name]: longRegion } })).status).toBe(403);
  });
});

describe('requested faults', () => {
  const post = async (url: string, faults: unknown) => {
    const response = await fetch(`${url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(faults) });
    return { status: response.status, body: await response.json() };
  };

  test('are completed with defaults and remain pending', async () => {
    const { url, faults } = await sandbox();
    const { status, body } = await post(url, [{ kind: 'answer-lost' }, { kind: 'refused', service: 'ec2' }]);
    expect(status).toBe(200);
    expect(body).toEqual([
      { kind: 'answer-lost', nth: 1 },
      {
        ...{ kind: 'refused', service: 'ec2', nth: 1 },
        ...{ code: 'InternalError', message: 'An internal error has occurred', status: 500 },
      },
    ]);
    expect(faults.waiting()).toHaveLength(2);
  });

  test.each<[string, unknown, string]>([
    ['an unknown kind', { kind: 'tired' }, 'kind: '],
    ['an unknown appearance', { kind: 'lost', looks: 'green' }, 'looks: '],
    ['a slow response without a duration', { kind: 'slow' }, 'ms: '],
    [
      'a delayed failure of an operation that cannot fail later',
      { kind: 'fails-later', operation: 'CreateVpc' },
      'operation: ',
    ],
    ['zero times', { kind: 'answer-lost', times: 0 }, 'times'],
    ['an invalid status', { kind: 'refused', status: 99_999 }, 'status: '],
    ['the call number 0', { kind: 'answer-lost', nth: 0 }, 'nth: '],
    ['an unknown member', { kind: 'answer-lost', code: 'X' }, 'code'],
    ['nothing', null, 'expected object'],
  ])('are refused with a reason: %s', async (_, fault, reason) => {
    const { url, faults } = await sandbox();
    expect(await post(url, fault)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(reason) },
    });
    expect(faults.waiting()).toEqual([]);
  });
});
