// The weather as data: its names and bounds, its admin page, and its reset.
import { CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { calm, parseWeather, weathers } from '../../../sandbox/chaos/weather.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { sandbox } from '../harness.ts';
import { resultOf, SECOND } from './scene.ts';

const fetchWeather = async (url: string, method: 'GET' | 'POST' = 'GET', body?: unknown) => {
  const response = await fetch(`${url}/_sandbox/weather`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
};

test('the weather is calm by default', async () => {
  const { url, chaos } = await sandbox();
  expect(await fetchWeather(url)).toEqual({ status: 200, body: calm });
  expect(chaos.isCalm).toBe(true);
});

test('the admin page shows the weather and changes individual settings', async () => {
  const { url, chaos } = await sandbox({ weather: { idLagMs: 10 } });
  const changed = await fetchWeather(url, 'POST', { faultRate: 0.5, latencyMs: { min: 1, max: 2 } });
  const weather = { ...calm, idLagMs: 10, faultRate: 0.5, latencyMs: { min: 1, max: 2 } };
  expect(changed).toEqual({ status: 200, body: weather });
  chaos.adjust({ faultRate: 0 });
  expect((await fetchWeather(url)).body).toEqual({ ...weather, faultRate: 0 });
});

test.each<[string, unknown, string]>([
  ['an unknown setting', { rain: 1 }, 'rain'],
  ['a lag above the bound', { idLagMs: 10 ** 9 }, 'idLagMs: '],
  ['a negative lag', { listLagMs: -1 }, 'listLagMs: '],
  ['a rate above 1', { faultRate: 2 }, 'faultRate: '],
  ['a minimum latency above the maximum', { latencyMs: { min: 2, max: 1 } }, 'latencyMs: '],
  ['a latency without a maximum', { latencyMs: { min: 2 } }, 'latencyMs.max: '],
  ['a string', 'stormy', 'expected object'],
])(
  '%s is refused with an error that names it, and the weather does not change',
  async (_, settings, reason) => {
    const { url } = await sandbox();
    expect(await fetchWeather(url, 'POST', settings)).toEqual({
      status: 400,
      body: { error: expect.stringContaining(reason) },
    });
    expect((await fetchWeather(url)).body).toEqual(calm);
  },
);

test('a reset restores the initial weather and forgets recent changes', async () => {
  const { url, ec2 } = await sandbox({ clock: manualClock(), weather: { listLagMs: 10 * SECOND } });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  await fetchWeather(url, 'POST', { listLagMs: 0, throttle: true });
  await fetch(`${url}/_sandbox/reset`, { method: 'POST' });
  expect((await fetchWeather(url)).body).toEqual({ ...calm, listLagMs: 10 * SECOND });
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
  expect(await resultOf(ec2.send(new DescribeVpcsCommand({ VpcIds: [Vpc?.VpcId ?? ''] })))).toBe(
    'InvalidVpcID.NotFound',
  );
});

test('resources that were created before the lag was turned on are visible immediately', async () => {
  const { ec2, chaos } = await sandbox({ clock: manualClock() });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  chaos.adjust({ idLagMs: 5 * SECOND, listLagMs: 5 * SECOND });
  const VpcIds = [Vpc?.VpcId ?? ''];
  expect((await ec2.send(new DescribeVpcsCommand({ VpcIds }))).Vpcs).toHaveLength(1);
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
});

describe('a weather on the command line', () => {
  test('can be one of four names', () => {
    expect(Object.keys(weathers)).toEqual(['calm', 'lag', 'throttled', 'stormy']);
    for (const [name, weather] of Object.entries(weathers)) expect(parseWeather(name)).toBe(weather);
  });

  test('can be JSON with some of the settings', () => {
    expect(parseWeather('{"throttle":true}')).toEqual({ ...calm, throttle: true });
  });

  test.each([
    ['sunny', 'Unknown weather sunny: use calm, lag, throttled, stormy, or JSON'],
    ['constructor', 'Unknown weather constructor'],
    ['{"rain":1}', 'rain'],
  ])('is refused when it is %s', (text, reason) => {
    expect(() => parseWeather(text)).toThrow(reason);
  });
});
