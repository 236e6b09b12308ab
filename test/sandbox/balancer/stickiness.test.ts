// Sticky sessions: the load balancer's cookies keep a client with its target.
import { describe, expect, test } from '@jest/globals';
import net from 'node:net';
import { once } from 'node:events';
import { ask, echo, FakeWorld, open, startRawTarget, startTarget, type Echo, type Reply } from './targets.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const lbCookie = { 'stickiness.enabled': 'true', 'stickiness.type': 'lb_cookie' };
const appCookie = {
  'stickiness.enabled': 'true',
  'stickiness.type': 'app_cookie',
  'stickiness.app_cookie.cookie_name': 'session',
  'stickiness.app_cookie.duration_seconds': '60',
};

/** Two targets behind a load balancer, and a client that requests them. */
async function stickyScene(attributes: Record<string, string>) {
  const world = new FakeWorld();
  for (const [index, name] of ['one', 'two'].entries()) {
    const { port } = await startTarget((request, response) => {
      if (request.url === '/login') response.setHeader('Set-Cookie', ['theme=dark', 'session=7; HttpOnly']);
      echo(name)(request, response);
    });
    world.register(`10.0.0.${index + 1}`, port);
  }
  world.groupAttributes = attributes;
  const { port } = await open(world);
  const request = (cookie = '', path = '/') => ask(port, path, cookie === '' ? {} : { headers: { cookie } });
  return { world, request, port };
}
const nameOf = ({ body }: Reply) => (JSON.parse(body) as Echo).name;
const setCookies = ({ headers }: Reply): string[] => headers['set-cookie'] ?? [];
/** Returns the `Cookie` header with which a browser answers, optionally only with the cookies of some names. */
const jar = (reply: Reply, ...names: string[]): string =>
  setCookies(reply)
    .map((cookie) => cookie.split(';')[0] ?? '')
    .filter((pair) => names.length === 0 || names.includes(pair.split('=')[0] ?? ''))
    .join('; ');

describe('stickiness by duration', () => {
  test('a client that sends its cookie stays with its target; other clients alternate', async () => {
    const { request } = await stickyScene(lbCookie);
    const first = await request();
    for (let turn = 0; turn < 5; turn += 1) expect(nameOf(await request(jar(first)))).toBe(nameOf(first));
    const others = [nameOf(await request()), nameOf(await request())];
    expect(new Set(others).size).toBe(2);
  });

  test('both cookies are set, expire after a week and contain nothing readable', async () => {
    const { request } = await stickyScene(lbCookie);
    const [plain = '', cors = '', ...rest] = setCookies(await request());
    expect(rest).toEqual([]);
    expect(plain).toMatch(/^AWSALB=[\w+/=]+; Expires=Tue, 08 Jan 2030 00:00:00 GMT; Path=\/$/);
    expect(cors).toBe(`${plain.replace('AWSALB=', 'AWSALBCORS=')}; SameSite=None`);
    const value = /=([\w+/=]+);/.exec(plain)?.[1] ?? '';
    expect(Buffer.from(value, 'base64').toString('latin1')).not.toContain('10.0.0.');
  });

  test('AWSALBCORS alone is enough', async () => {
    const { request } = await stickyScene(lbCookie);
    const first = await request();
    for (let turn = 0; turn < 3; turn += 1)
      expect(nameOf(await request(jar(first, 'AWSALBCORS')))).toBe(nameOf(first));
  });

  test('the duration begins again with each response, and a stale cookie counts no more', async () => {
    const { world, request } = await stickyScene({
      ...lbCookie,
      'stickiness.lb_cookie.duration_seconds': '60',
    });
    const first = await request();
    world.elapsedMs = 50_000;
    const second = await request(jar(first));
    expect(nameOf(second)).toBe(nameOf(first));
    world.elapsedMs = 100_000;
    expect(nameOf(await request(jar(second)))).toBe(nameOf(first));
    const stale = [nameOf(await request(jar(first))), nameOf(await request(jar(first)))];
    expect(new Set(stale).size).toBe(2);
  });

  test('by default, a session lasts a day', async () => {
    const { world, request } = await stickyScene(lbCookie);
    const first = await request();
    world.elapsedMs = DAY_MS - 1;
    expect(nameOf(await request(jar(first)))).toBe(nameOf(first));
    expect(nameOf(await request(jar(first)))).toBe(nameOf(first));
  });

  test('a client whose target drains gets another target, and stays there when the first one returns', async () => {
    const { world, request } = await stickyScene(lbCookie);
    const first = await request();
    const id = nameOf(first) === 'one' ? '10.0.0.1' : '10.0.0.2';
    world.setState(id, 'draining');
    const second = await request(jar(first));
    expect(nameOf(second)).not.toBe(nameOf(first));
    world.setState(id, 'healthy');
    for (let turn = 0; turn < 3; turn += 1) expect(nameOf(await request(jar(second)))).toBe(nameOf(second));
  });

  test('a forged cookie is ignored', async () => {
    const { request } = await stickyScene(lbCookie);
    const forged = `AWSALB=${Buffer.from('10.0.0.1:5000').toString('base64')}`;
    const names = [nameOf(await request(forged)), nameOf(await request(forged))];
    expect(new Set(names).size).toBe(2);
  });

  test('without stickiness, no cookie is set', async () => {
    const { request } = await stickyScene({});
    expect(setCookies(await request())).toEqual([]);
  });

  test('the response that accepts a WebSocket sets the cookies', async () => {
    const world = new FakeWorld();
    const target = await startRawTarget((socket) => {
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      );
    });
    world.register('10.0.0.1', target);
    world.groupAttributes = lbCookie;
    const { port } = await open(world);
    const socket = net.connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
    expect(String(head)).toMatch(/Set-Cookie: AWSALB=[^;]+; Expires=/);
    socket.destroy();
  });
});

describe('stickiness by a cookie of the program', () => {
  test('a session begins when the program sets its cookie', async () => {
    const { request } = await stickyScene(appCookie);
    expect(setCookies(await request())).toEqual([]);
    const login = await request('', '/login');
    expect(setCookies(login)).toEqual([
      'theme=dark',
      'session=7; HttpOnly',
      expect.stringMatching(/^AWSALBAPP-0=[\w+/=]+; Expires=Tue, 08 Jan 2030 00:00:00 GMT; Path=\/$/),
    ]);
    for (let turn = 0; turn < 3; turn += 1) {
      const reply = await request(jar(login));
      expect(nameOf(reply)).toBe(nameOf(login));
      expect(jar(reply)).toMatch(/^AWSALBAPP-0=/);
    }
  });

  test("a client that sends only the load balancer's cookie is not bound", async () => {
    const { request } = await stickyScene(appCookie);
    const login = await request('', '/login');
    const only = jar(login, 'AWSALBAPP-0');
    const names = [nameOf(await request(only)), nameOf(await request(only))];
    expect(new Set(names).size).toBe(2);
  });

  test('the session ends after its duration', async () => {
    const { world, request } = await stickyScene(appCookie);
    const login = await request('', '/login');
    world.elapsedMs = 60_000;
    const replies = [await request(jar(login)), await request(jar(login))];
    expect(new Set(replies.map(nameOf)).size).toBe(2);
    expect(replies.flatMap(setCookies)).toEqual([]);
  });
});
