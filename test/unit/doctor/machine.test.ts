// The checks of the machine: Node, the clock, the container engine, and the ports of the sandbox.
import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../../lib/config/config.ts';
import { NeedsOther } from '../../../doctor/check.ts';
import { checkClock, checkEngine, checkNode, checkSandbox, clockUrl } from '../../../doctor/machine.ts';
import { config } from '../step-harness.ts';

test.each([
  ['v20.19.0', 'ok'],
  ['v24.1.0', 'ok'],
  ['v20.18.3', 'no'],
  ['v18.20.4', 'no'],
  ['nonsense', 'no'],
])('Node %s: %s', (nodeVersion, state) => {
  expect(checkNode({ nodeVersion }).state).toBe(state);
});

describe('the clock', () => {
  const AWS_TIME = Date.parse('2026-12-01T10:00:00Z');
  const signal = new AbortController().signal;
  const check = (seconds: number, header: string | null = new Date(AWS_TIME).toUTCString()) =>
    checkClock(
      { now: () => AWS_TIME + seconds * 1000 + 500, fetchDate: async () => header },
      'https://x',
      signal,
    );

  test.each([
    [0, 'ok', '0 s off'],
    [30, 'ok', '30 s off'],
    [-30, 'ok', '30 s off'],
    [90, 'warning', 'The clock of this machine is 90 s ahead of that of AWS.'],
    [-290, 'warning', 'The clock of this machine is 5 min behind that of AWS.'],
  ])('a difference of %d s: %s', async (seconds, state, text) => {
    expect(await check(seconds)).toMatchObject({ state, text });
  });

  test.each([
    [600, /^The clock of this machine is 10 min ahead of that of AWS\./],
    [-10_800, /^The clock of this machine is 3 h behind that of AWS\./],
  ])('a difference of %d s keeps other tools from working', async (seconds, text) => {
    expect(await check(seconds)).toMatchObject({
      state: 'no',
      text: expect.stringMatching(text),
      fix: [expect.stringMatching(/timedatectl/)],
    });
  });

  test('an answer without a date proves nothing', async () => {
    expect(await check(0, null)).toMatchObject({ state: 'skipped' });
  });

  test('a certificate that is not valid yet shows a wrong clock', async () => {
    const fetchDate = async () => {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'CERT_NOT_YET_VALID' } });
    };
    expect(await checkClock({ now: () => 0, fetchDate }, 'https://x', signal)).toMatchObject({ state: 'no' });
  });

  test('without an answer, the clock is not checked', async () => {
    const fetchDate = async () => {
      throw new Error('getaddrinfo ENOTFOUND x');
    };
    await expect(checkClock({ now: () => 0, fetchDate }, 'https://x', signal)).rejects.toThrow(NeedsOther);
  });

  test.each([
    ['eu-west-1', undefined, 'https://sts.eu-west-1.amazonaws.com/'],
    ['cn-north-1', undefined, 'https://sts.cn-north-1.amazonaws.com.cn/'],
    ['eu-west-1', 'http://localhost:4566', 'http://localhost:4566'],
  ])('it asks AWS in %s', (region, endpoint, url) => {
    expect(clockUrl(region, endpoint)).toBe(url);
  });
});

describe('the container engine', () => {
  const needing = (changes: Partial<Config> = {}) => {
    const stack = config(changes);
    const [web] = stack.services;
    const containers =
      web?.containers.map((one, index) => (index === 0 ? { ...one, lacksNode: true } : one)) ?? [];
    return { ...stack, services: web ? [{ ...web, containers }] : [] };
  };
  const engine = (found: 'podman' | undefined) => ({ findEngine: async () => found });

  test('it is skipped if no image needs one', async () => {
    expect(await checkEngine(engine(undefined), config())).toMatchObject({ state: 'skipped' });
  });

  test('an engine that answers is named', async () => {
    expect(await checkEngine(engine('podman'), needing())).toEqual({ state: 'ok', text: 'podman, for api1' });
    expect(await checkEngine(engine('podman'), config({ builder: 'docker' }))).toMatchObject({
      text: 'podman, for api1, api2',
    });
  });

  test('without one, the images are named that cannot be built', async () => {
    expect(await checkEngine(engine(undefined), needing())).toMatchObject({
      state: 'no',
      text: expect.stringMatching(/^None of docker, podman.* the image of api1 cannot be built/),
      fix: [expect.stringMatching(/Install and start one/), expect.stringMatching(/image instead of source/)],
    });
  });
});

describe('the sandbox', () => {
  const check = (census: Record<string, number>, isFree: boolean, limitations: string[] = []) =>
    checkSandbox(
      { isPortFree: async (port) => port !== 8080 || isFree },
      {
        sandbox: {
          url: 'http://127.0.0.1:4566',
          folder: '/home/me/.slipway/sandbox',
          limitations,
          census: async () => census,
        },
      } as never,
      {},
    );

  test('a free port is ready for a load balancer', async () => {
    expect((await check({}, true)).map(({ state, name }) => [name, state])).toEqual([
      ['sandbox', 'ok'],
      ['http port', 'ok'],
    ]);
  });

  test('a port of another program is a warning, unlike the port of its own load balancer', async () => {
    expect((await check({}, false)).at(-1)).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(/port 8080/),
    });
    expect((await check({ 'elbv2.loadBalancers': 1 }, false)).at(-1)).toMatchObject({ state: 'ok' });
  });

  test('what the machine cannot enforce is a warning', async () => {
    expect((await check({}, true, ['nothing is limited']))[1]).toMatchObject({
      state: 'warning',
      text: 'On this machine, nothing is limited.',
    });
  });
});
