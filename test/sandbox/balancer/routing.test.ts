/** Requests are routed by rule, group and target, and changes to the world take effect immediately. */
import { describe, expect, test } from '@jest/globals';
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { openListener } from '../../../sandbox/balancer/listener.ts';
import { routableTargets } from '../../../sandbox/balancer/selection.ts';
import type { TargetView } from '../../../sandbox/balancer/view.ts';
import { ask, askEcho, defaultRule, echo, exchange, GROUP, open, startTarget, FakeWorld } from './targets.ts';

const OTHER_GROUP = GROUP.replace('api1', 'api2');
const pathRule = (priority: string, pattern: string, arn: string): Rule => ({
  Priority: priority,
  Conditions: [{ Field: 'path-pattern', Values: [pattern] }],
  Actions: [{ Type: 'forward', TargetGroupArn: arn }],
});

async function responderNames(port: number, count: number): Promise<string[]> {
  const seen: string[] = [];
  for (let turn = 0; turn < count; turn += 1) seen.push((await askEcho(port)).name);
  return seen;
}

describe('routing', () => {
  test('sends each path to its group, and all other paths to the default action', async () => {
    const world = new FakeWorld();
    world.register('10.0.0.1', (await startTarget(echo('api1'))).port);
    world.register('10.0.0.2', (await startTarget(echo('api2'))).port, 'healthy', OTHER_GROUP);
    world.currentRules = [
      pathRule('1', '/api1/*', GROUP),
      pathRule('2', '/api2*', OTHER_GROUP),
      defaultRule({
        Type: 'fixed-response',
        FixedResponseConfig: { StatusCode: '404', MessageBody: 'nothing here' },
      }),
    ];
    const { port } = await open(world);

    expect((await askEcho(port, '/api1/orders?x=/api2')).name).toBe('api1');
    expect((await askEcho(port, '/api2')).name).toBe('api2');
    expect((await askEcho(port, '/api1/../api2')).name).toBe('api2');
    expect((await askEcho(port, '/%61pi1/x')).name).toBe('api1');
    expect(await ask(port, '/api1')).toMatchObject({ status: 404, body: 'nothing here' });
    expect((await ask(port, '//api1/x')).status).toBe(404);
    expect(world.requestCounts).toEqual({ [GROUP]: 2, [OTHER_GROUP]: 2 });
  });

  test('forwards path and query unchanged', async () => {
    const world = new FakeWorld();
    world.register('10.0.0.1', (await startTarget(echo())).port);
    const { port } = await open(world);

    for (const url of ['/a/../b', '/%61?q=1?2&r=%20', '//x//y/', '/a"|{}\\b', '/?a=//b', '/http://x/']) {
      expect((await askEcho(port, url)).url).toBe(url);
    }
  });

  test('applies a changed rule to the next request', async () => {
    const world = new FakeWorld();
    world.register('10.0.0.1', (await startTarget(echo('old'))).port);
    world.register('10.0.0.2', (await startTarget(echo('new'))).port, 'healthy', OTHER_GROUP);
    const { port } = await open(world);

    expect((await askEcho(port)).name).toBe('old');
    world.currentRules = [defaultRule({ Type: 'forward', TargetGroupArn: OTHER_GROUP })];
    expect((await askEcho(port)).name).toBe('new');
  });

  test('sends fixed responses and redirects as a real load balancer does', async () => {
    const world = new FakeWorld();
    const { port } = await open(world);

    const FixedResponseConfig = { StatusCode: '503', ContentType: 'text/html', MessageBody: '<p>später</p>' };
    world.currentRules = [defaultRule({ Type: 'fixed-response', FixedResponseConfig })];
    const fixed = await ask(port, '/', { method: 'POST', body: 'x' });
    expect(fixed).toMatchObject({ status: 503, body: '<p>später</p>' });
    expect(fixed.headers).toMatchObject({
      server: 'awselb/2.0',
      'content-type': 'text/html; charset=utf-8',
      'content-length': '14',
    });

    world.currentRules = [
      defaultRule({ Type: 'redirect', RedirectConfig: { Path: '/v2/#{path}', StatusCode: 'HTTP_301' } }),
    ];
    const redirect = await ask(port, '/orders?a=b', { headers: { Host: `Example.COM:${port}` } });
    expect(redirect.status).toBe(301);
    expect(redirect.headers).toMatchObject({
      location: `http://example.com:${port}/v2/orders?a=b`,
      'content-length': '134',
    });

    const withoutPort = await ask(port, '/orders', { headers: { Host: 'example.com' } });
    expect(withoutPort.headers.location).toBe('http://example.com:80/v2/orders');
  });

  test('selects one of several weighted groups at random', async () => {
    const world = new FakeWorld();
    world.register('10.0.0.1', (await startTarget(echo('blue'))).port);
    world.register('10.0.0.2', (await startTarget(echo('green'))).port, 'healthy', OTHER_GROUP);
    const TargetGroups = [
      { TargetGroupArn: GROUP, Weight: 1 },
      { TargetGroupArn: OTHER_GROUP, Weight: 1 },
    ];
    world.currentRules = [defaultRule({ Type: 'forward', ForwardConfig: { TargetGroups } })];
    let drawn = 0;
    const { port } = await open(world, { draw: () => (drawn = drawn === 0 ? 0.6 : 0) });
    expect(await responderNames(port, 4)).toEqual(['green', 'blue', 'green', 'blue']);
  });

  test('accepts a request line in absolute form', async () => {
    const world = new FakeWorld();
    world.register('10.0.0.1', (await startTarget(echo())).port);
    world.currentRules = [
      {
        Conditions: [{ Field: 'host-header', Values: ['a.example'] }],
        Actions: [{ Type: 'forward', TargetGroupArn: GROUP }],
      },
      defaultRule({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }),
    ];
    const { port } = await open(world);
    const response = await exchange(
      port,
      'GET http://a.example/x?y HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n',
    );
    expect(response).toContain('"url":"/x?y"');
  });

  test('responds with 500 when reading the world fails', async () => {
    const world = new FakeWorld();
    world.register('10.0.0.1', (await startTarget(echo())).port);
    const { port } = await open(world);
    world.rules = () => {
      throw new Error('no rules');
    };
    expect((await ask(port)).status).toBe(500);
  });

  test('reports a port that is in use', async () => {
    const world = new FakeWorld();
    const { port } = await open(world);
    await expect(openListener(world, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('load balancing', () => {
  test('rotates through the healthy targets', async () => {
    const world = new FakeWorld();
    for (const [id, name] of Object.entries({ '10.0.0.1': 'a', '10.0.0.2': 'b', '10.0.0.3': 'c' })) {
      world.register(id, (await startTarget(echo(name))).port);
    }
    const { port } = await open(world);
    expect(await responderNames(port, 7)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a']);
  });

  test('excludes unhealthy, initial, draining and unused targets', async () => {
    const world = new FakeWorld();
    world.register('10.0.0.1', (await startTarget(echo('healthy'))).port);
    world.register('10.0.0.2', 'refused', 'unhealthy');
    world.register('10.0.0.3', 'refused', 'initial');
    world.register('10.0.0.4', 'refused', 'draining');
    world.register('10.0.0.5', 'refused', 'unused');
    const { port } = await open(world);
    expect(await responderNames(port, 5)).toEqual(Array(5).fill('healthy'));
  });

  test('rotates separately for each group', async () => {
    const world = new FakeWorld();
    for (const [id, name] of Object.entries({ '10.0.0.1': 'a', '10.0.0.2': 'b' })) {
      world.register(id, (await startTarget(echo(name))).port);
    }
    world.register('10.0.0.9', (await startTarget(echo('x'))).port, 'healthy', OTHER_GROUP);
    world.currentRules = [pathRule('1', '/x', OTHER_GROUP), ...world.currentRules];
    const { port } = await open(world);
    const seen = [];
    for (const path of ['/', '/x', '/', '/x', '/']) seen.push((await askEcho(port, path)).name);
    expect(seen).toEqual(['a', 'x', 'b', 'x', 'a']);
  });

  const target = (state: TargetView['state']): TargetView => ({ id: state, port: 80, state });
  test.each<[TargetView['state'][], TargetView['state'][]]>([
    [['healthy', 'unhealthy'], ['healthy']],
    [
      ['unhealthy', 'initial', 'draining'],
      ['unhealthy', 'initial'],
    ],
    [['initial'], ['initial']],
    [['unavailable', 'unhealthy'], ['unavailable']],
    [['draining', 'unused'], []],
    [[], []],
  ])('among targets in the states %j selects %j', (states, expected) => {
    expect(routableTargets(states.map(target))).toEqual(expected.map(target));
  });
});
