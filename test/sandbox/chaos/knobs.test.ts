// The weather is data: it has a page, names, and bounds, and a reset brings back the one of the start.
import { CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { calm, weatherOf, weathers } from '../../../sandbox/chaos/weather.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { sandbox } from '../harness.ts';
import { met, SECOND } from './scene.ts';

const page = async (url: string, method: 'GET' | 'POST' = 'GET', body?: unknown) => {
  const answer = await fetch(`${url}/_sandbox/weather`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
};

test('it is calm unless told', async () => {
  const { url, sky } = await sandbox();
  expect(await page(url)).toEqual({ status: 200, body: calm });
  expect(sky.isCalm).toBe(true);
});

test('its page shows it, and turns single knobs', async () => {
  const { url, sky } = await sandbox({ weather: { idLagMs: 10 } });
  const turned = await page(url, 'POST', { faultRate: 0.5, latencyMs: { min: 1, max: 2 } });
  const weather = { ...calm, idLagMs: 10, faultRate: 0.5, latencyMs: { min: 1, max: 2 } };
  expect(turned).toEqual({ status: 200, body: weather });
  sky.turn({ faultRate: 0 });
  expect((await page(url)).body).toEqual({ ...weather, faultRate: 0 });
});

test.each<[string, unknown, string]>([
  ['a knob that is none', { rain: 1 }, 'rain'],
  ['a lag that is longer than anybody has seen', { idLagMs: 10 ** 9 }, 'idLagMs: '],
  ['a lag that ends before it begins', { listLagMs: -1 }, 'listLagMs: '],
  ['a rate of more than all', { faultRate: 2 }, 'faultRate: '],
  ['a least latency above the most', { latencyMs: { min: 2, max: 1 } }, 'latencyMs: '],
  ['half a latency', { latencyMs: { min: 2 } }, 'latencyMs.max: '],
  ['text', 'stormy', 'expected object'],
])('%s is refused with what is wrong, and nothing changes', async (_, knobs, why) => {
  const { url } = await sandbox();
  expect(await page(url, 'POST', knobs)).toEqual({
    status: 400,
    body: { error: expect.stringContaining(why) },
  });
  expect((await page(url)).body).toEqual(calm);
});

test('a reset brings back the weather of the start, and an account without a past', async () => {
  const { url, ec2 } = await sandbox({ clock: manualClock(), weather: { listLagMs: 10 * SECOND } });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  await page(url, 'POST', { listLagMs: 0, throttle: true });
  await fetch(`${url}/_sandbox/reset`, { method: 'POST' });
  expect((await page(url)).body).toEqual({ ...calm, listLagMs: 10 * SECOND });
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
  expect(await met(ec2.send(new DescribeVpcsCommand({ VpcIds: [Vpc?.VpcId ?? ''] })))).toBe(
    'InvalidVpcID.NotFound',
  );
});

test('what was there before it began to lag is old', async () => {
  const { ec2, sky } = await sandbox({ clock: manualClock() });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  sky.turn({ idLagMs: 5 * SECOND, listLagMs: 5 * SECOND });
  const VpcIds = [Vpc?.VpcId ?? ''];
  expect((await ec2.send(new DescribeVpcsCommand({ VpcIds }))).Vpcs).toHaveLength(1);
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
});

describe('on the command line', () => {
  test('it has names', () => {
    expect(Object.keys(weathers)).toEqual(['calm', 'lag', 'throttled', 'stormy']);
    for (const [name, weather] of Object.entries(weathers)) expect(weatherOf(name)).toBe(weather);
  });

  test('or is JSON of some of its knobs', () => {
    expect(weatherOf('{"throttle":true}')).toEqual({ ...calm, throttle: true });
  });

  test.each([
    ['sunny', 'There is no weather sunny: it is calm, lag, throttled, stormy, or JSON'],
    ['constructor', 'There is no weather constructor'],
    ['{"rain":1}', 'rain'],
  ])('%s is neither', (text, why) => {
    expect(() => weatherOf(text)).toThrow(why);
  });
});
