/** A single health check, and the health of a target after several checks. */
import { describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import type { HealthCheckResult } from '../../../sandbox/balancer/health-check.ts';
import {
  sendHealthCheck,
  matchesCode,
  nextHealth,
  INITIAL_HEALTH,
} from '../../../sandbox/balancer/health-check.ts';
import { gate, startRawTarget, startTarget } from './targets.ts';

describe('the health of a target', () => {
  const settings = { healthyThreshold: 3, unhealthyThreshold: 2, matcher: '200-299' };
  const ok: HealthCheckResult = { code: 204 };
  const bad: HealthCheckResult = { code: 503 };
  const statesAfter = (...results: HealthCheckResult[]): string =>
    results
      .reduce(
        (states, result) => [...states, nextHealth(states.at(-1) ?? INITIAL_HEALTH, result, settings)],
        [INITIAL_HEALTH],
      )
      .map(({ state }) => state[0])
      .join('');

  // States: i is initial, h is healthy, u is unhealthy. The first letter is the state before any check.
  test.each<[string, HealthCheckResult[], string]>([
    ['one pass is enough after registration', [ok], 'ih'],
    ['one failure is not enough to make a new target unhealthy', [bad], 'ii'],
    ['failures up to the threshold make a new target unhealthy', [bad, bad], 'iiu'],
    ['the first pass counts even after a failure', [bad, ok], 'iih'],
    ['consecutive failures make a healthy target unhealthy', [ok, bad, bad], 'ihhu'],
    ['a pass resets the count of failures', [ok, bad, ok, bad, bad], 'ihhhhu'],
    ['an unhealthy target needs consecutive passes', [bad, bad, ok, ok, ok], 'iiuuuh'],
    ['a failure resets the count of passes', [bad, bad, ok, ok, bad, ok, ok, ok], 'iiuuuuuuh'],
    ['a target can become healthy and then unhealthy again', [bad, bad, ok, ok, ok, bad, bad], 'iiuuuhhu'],
    ['different kinds of failures count equally', [ok, 'timeout', 'failed'], 'ihhu'],
  ])('%s', (_, results, states) => {
    expect(statesAfter(...results)).toBe(states);
  });

  test.each<[HealthCheckResult, string, string]>([
    [{ code: 503 }, 'Target.ResponseCodeMismatch', 'Health checks failed with these codes: [503]'],
    ['timeout', 'Target.Timeout', 'Request timed out'],
    ['failed', 'Target.FailedHealthChecks', 'Health checks failed'],
  ])('after the result %j has the reason %s', (result, reason, description) => {
    const unhealthy = { state: 'unhealthy', passes: 0, failures: 9 } as const;
    expect(nextHealth(unhealthy, result, settings)).toEqual({
      state: 'unhealthy',
      reason,
      description,
      passes: 0,
      failures: 10,
    });
  });

  test('has the reason of the latest failure until the target is healthy', () => {
    const afterTwoFailures = nextHealth(nextHealth(INITIAL_HEALTH, 'timeout', settings), bad, settings);
    expect(afterTwoFailures.reason).toBe('Target.ResponseCodeMismatch');
    const afterOnePass = nextHealth(afterTwoFailures, ok, settings);
    expect(afterOnePass).toMatchObject({ state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' });
    const afterThreePasses = nextHealth(nextHealth(afterOnePass, ok, settings), ok, settings);
    expect(afterThreePasses).toEqual({ state: 'healthy', passes: 3, failures: 0 });
  });

  test("is initial, with AWS's reason, until enough checks have run", () => {
    expect(nextHealth(INITIAL_HEALTH, 'failed', settings)).toMatchObject({
      state: 'initial',
      reason: 'Elb.InitialHealthChecking',
      description: 'Initial health checks in progress',
    });
  });
});

describe('a matcher', () => {
  test.each([
    ['200', 200, true],
    ['200', 204, false],
    ['200,202', 202, true],
    ['200,202', 201, false],
    ['200-299', 200, true],
    ['200-299', 299, true],
    ['200-299', 300, false],
    ['200-204,301', 301, true],
    ['', 200, false],
  ])('"%s" accepts the status code %d: %s', (matcher, code, expected) => {
    expect(matchesCode(matcher, code)).toBe(expected);
  });
});

describe('a health check', () => {
  const settings = { path: '/health?deep=1', protocol: 'HTTP', timeoutMs: 5_000 } as const;
  const neverAborted = new AbortController().signal;

  test("is a GET request on a new connection, with the load balancer's User-Agent", async () => {
    const seen: IncomingMessage[] = [];
    const { port } = await startTarget((request, response) => {
      seen.push(request);
      response.writeHead(204).end();
    });
    const reachability = { host: '127.0.0.1', port };
    expect(await sendHealthCheck(reachability, settings, neverAborted, '10.0.0.1:5000')).toEqual({
      code: 204,
    });
    expect(await sendHealthCheck(reachability, settings, neverAborted)).toEqual({ code: 204 });

    expect(seen[0]).toMatchObject({ method: 'GET', url: '/health?deep=1' });
    expect(seen[0]?.headers).toEqual({
      host: '10.0.0.1:5000',
      connection: 'close',
      'user-agent': 'ELB-HealthChecker/2.0',
      'accept-encoding': 'gzip, compressed',
    });
    expect(seen[1]?.headers.host).toBe(`127.0.0.1:${port}`);
    expect(seen[0]?.socket).not.toBe(seen[1]?.socket);
  });

  test('does not follow redirects', async () => {
    const { port } = await startTarget((_request, response) =>
      response.writeHead(302, { Location: '/elsewhere' }).end(),
    );
    expect(await sendHealthCheck({ host: '127.0.0.1', port }, settings, neverAborted)).toEqual({ code: 302 });
  });

  test('ends when the status arrives, without waiting for the body', async () => {
    const closed = gate();
    const { port } = await startTarget((_request, response) => {
      response.once('close', () => closed.open());
      response.write('and then nothing');
    });
    expect(await sendHealthCheck({ host: '127.0.0.1', port }, settings, neverAborted)).toEqual({ code: 200 });
    await closed.opened;
  });

  test('times out when no response arrives', async () => {
    const port = await startRawTarget(() => {});
    const quick = { ...settings, timeoutMs: 30 };
    expect(await sendHealthCheck({ host: '127.0.0.1', port }, quick, neverAborted)).toBe('timeout');
    expect(await sendHealthCheck('timeout', quick, neverAborted)).toBe('timeout');
  });

  const blockProcess = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

  test('does not time out merely because the process of the load balancer was blocked', async () => {
    const { port } = await startTarget((_request, response) => response.end());
    const check = sendHealthCheck(
      { host: '127.0.0.1', port },
      { ...settings, timeoutMs: 1_000 },
      neverAborted,
    );
    blockProcess(1_200);
    expect(await check).toEqual({ code: 200 });
  });

  test('times out when the process of the load balancer is blocked repeatedly', async () => {
    const port = await startRawTarget(() => {});
    const check = sendHealthCheck({ host: '127.0.0.1', port }, { ...settings, timeoutMs: 60 }, neverAborted);
    const busy = setInterval(() => blockProcess(150), 1);
    expect(await check).toBe('timeout');
    clearInterval(busy);
  });

  test('tells a refused connection from one that is closed or answered with garbage', async () => {
    const closingPort = await startRawTarget((socket) => socket.end());
    const garbledPort = await startRawTarget((socket) => socket.end('hello\r\n\r\n'));
    expect(await sendHealthCheck('refused', settings, neverAborted)).toBe('refused');
    expect(await sendHealthCheck({ host: '127.0.0.1', port: closingPort }, settings, neverAborted)).toBe(
      'failed',
    );
    expect(await sendHealthCheck({ host: '127.0.0.1', port: garbledPort }, settings, neverAborted)).toBe(
      'failed',
    );
    const { port, server } = await startTarget(() => {});
    await new Promise((resolve) => server.close(resolve));
    expect(await sendHealthCheck({ host: '127.0.0.1', port }, settings, neverAborted)).toBe('refused');
  });

  test('can be aborted by its signal', async () => {
    const accepted = gate();
    const port = await startRawTarget(() => accepted.open());
    for (const reachability of [{ host: '127.0.0.1', port }, 'timeout'] as const) {
      const giveUp = new AbortController();
      const check = sendHealthCheck(reachability, settings, giveUp.signal);
      if (reachability !== 'timeout') await accepted.opened;
      giveUp.abort();
      await expect(check).rejects.toMatchObject({ name: 'AbortError' });
      await expect(sendHealthCheck(reachability, settings, giveUp.signal)).rejects.toMatchObject({
        name: 'AbortError',
      });
    }
  });
});
