// The lines of the access log: their fields, for each kind of response.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { AccessLogSink } from '../../../sandbox/balancer/view.ts';
import { ask, defaultRule, echo, FakeWorld, GROUP, open, startTarget } from './targets.ts';

class LoggingWorld extends FakeWorld {
  readonly lines: string[] = [];
  override attributes: Record<string, string> = { 'access_logs.s3.enabled': 'true' };
  accessLog(): AccessLogSink {
    return {
      name: 'app/shop/50dc6c495c0c9188',
      now: () => Date.UTC(2026, 0, 1),
      add: (line) => void this.lines.push(line),
    };
  }
  /** Waits for the line of a response, which follows the response. */
  async fields(): Promise<string[]> {
    while (this.lines.length === 0) await delay(5);
    return (this.lines.shift() ?? '').match(/"[^"]*"|\S+/g) ?? [];
  }
}

/** The names of the fields, in order. */
const FIELDS = [
  ...['type', 'time', 'elb', 'client', 'target', 'requestTime', 'targetTime', 'responseTime'],
  ...['elbStatus', 'targetStatus', 'received', 'sent', 'request', 'userAgent', 'cipher', 'protocol'],
  ...['group', 'trace', 'domain', 'certificate', 'priority', 'created', 'actions', 'redirect', 'error'],
  ...['targets', 'targetStatuses', 'classification', 'reason', 'connection', 'host', 'uri', 'transform'],
];
const named = (fields: readonly string[]): Record<string, string> => {
  expect(fields).toHaveLength(FIELDS.length);
  return Object.fromEntries(FIELDS.map((name, index) => [name, fields[index] ?? '']));
};

test('a forwarded request is logged with its target and all fields of AWS', async () => {
  const world = new LoggingWorld();
  world.register('10.0.0.7', (await startTarget(echo())).port);
  const { port } = await open(world);
  const headers = { host: 'shop.example.com', 'user-agent': 'curl "8"', connection: 'close' };
  const { body } = await ask(port, '/users?page=1', { headers });
  const line = named(await world.fields());
  expect(line).toMatchObject({
    type: 'http',
    time: '2026-01-01T00:00:00.000000Z',
    elb: 'app/shop/50dc6c495c0c9188',
    client: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    target: '10.0.0.7:5000',
    requestTime: expect.stringMatching(/^\d+\.\d{3}$/),
    targetTime: expect.stringMatching(/^\d+\.\d{3}$/),
    responseTime: expect.stringMatching(/^\d+\.\d{3}$/),
    elbStatus: '200',
    targetStatus: '200',
    request: '"GET http://shop.example.com:80/users?page=1 HTTP/1.1"',
    userAgent: '"curl \\x228\\x22"',
    cipher: '-',
    group: GROUP,
    trace: expect.stringMatching(/^"Root=1-/),
    priority: '0',
    created: '2026-01-01T00:00:00.000000Z',
    actions: '"forward"',
    redirect: '"-"',
    targets: '"10.0.0.7:5000"',
    targetStatuses: '"200"',
    connection: expect.stringMatching(/^TID_[\da-f]{16}$/),
    host: '"-"',
    uri: '"-"',
    transform: '"-"',
  });
  expect(Number(line['sent'])).toBeGreaterThan(body.length);
  expect(Number(line['received'])).toBeGreaterThan('GET /users?page=1 HTTP/1.1'.length);
});

test('each request of a connection has its own bytes, and the id of the connection', async () => {
  const world = new LoggingWorld();
  world.currentRules = [
    defaultRule({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'hi' } }),
  ];
  const { port } = await open(world);
  const socket = connect(port, '127.0.0.1');
  const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const lines: Record<string, string>[] = [];
  for (let count = 0; count < 2; count += 1) {
    socket.write(request);
    await once(socket, 'data');
    lines.push(named(await world.fields()));
  }
  socket.destroy();
  expect(lines[0]).toMatchObject({
    received: String(request.length),
    actions: '"fixed-response"',
    target: '-',
    requestTime: '-1',
    targetTime: '-1',
    responseTime: '-1',
    elbStatus: '200',
    targetStatus: '-',
    userAgent: '"-"',
  });
  for (const field of ['received', 'sent', 'connection', 'client'])
    expect(lines[1]?.[field]).toBe(lines[0]?.[field]);
});

test('a rule is logged with its priority, a redirect with its URL, and a transform with its result', async () => {
  const world = new LoggingWorld();
  world.register('10.0.0.7', (await startTarget(echo())).port);
  world.currentRules = [
    {
      Priority: '7',
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: GROUP }],
      Transforms: [
        { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/api', Replace: '' }] } },
      ],
    },
    defaultRule({
      Type: 'redirect',
      RedirectConfig: { StatusCode: 'HTTP_301', Host: 'new.example.com', Port: '443', Protocol: 'HTTPS' },
    }),
  ];
  const { port } = await open(world);
  await ask(port, '/api/users');
  expect(named(await world.fields())).toMatchObject({
    priority: '7',
    actions: '"transform,forward"',
    uri: '"/users"',
    host: '"-"',
    transform: '"TransformSuccess"',
  });
  await ask(port, '/other');
  expect(named(await world.fields())).toMatchObject({
    priority: '0',
    elbStatus: '301',
    actions: '"redirect"',
    redirect: '"https://new.example.com:443/other"',
  });
});

test('a target that refuses is logged with the status of the load balancer, and a malformed request without its URL', async () => {
  const world = new LoggingWorld();
  world.register('10.0.0.7', (await startTarget((request) => request.socket.destroy())).port);
  const { port } = await open(world);
  await ask(port, '/', { method: 'POST' });
  expect(named(await world.fields())).toMatchObject({
    target: '10.0.0.7:5000',
    targetTime: '-1',
    elbStatus: '502',
    targetStatus: '-',
  });
  await ask(port, '/', { method: 'TRACE' });
  expect(named(await world.fields())).toMatchObject({ elbStatus: '405', request: '"- http://-:80- -"' });
});

test('without access logs, nothing is collected', async () => {
  const world = new LoggingWorld();
  world.attributes = {};
  world.register('10.0.0.7', (await startTarget(echo())).port);
  const { port } = await open(world);
  await ask(port, '/');
  expect(world.lines).toEqual([]);
});
