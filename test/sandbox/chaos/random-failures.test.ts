// Random failures of calls, and the latency of calls.
import { CreateInternetGatewayCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { randomFailure } from '../../../sandbox/chaos/random-failures.ts';
import { calm } from '../../../sandbox/chaos/weather.ts';
import { resultOf, SECOND, sandboxInWeather } from './scene.ts';

test('calls fail at random, and the journal shows which of them took effect', async () => {
  const { ec2, journal, region, adjust } = await sandboxInWeather({ faultRate: 1 });
  for (let calls = 0; calls < 40; calls += 1) {
    expect(await resultOf(ec2.send(new CreateInternetGatewayCommand({})))).not.toBe('ok');
    // This keeps the number of gateways below the quota.
    region.ec2.internetGateways.clear();
  }
  const kinds = journal.entries().map(({ fault, result }) => `${fault} ${result}`);
  expect(new Set(kinds)).toEqual(new Set(['lost ok', 'not-done InternalError']));
  adjust({ faultRate: 0 });
  expect(await resultOf(ec2.send(new CreateInternetGatewayCommand({})))).toBe('ok');
  expect(journal.entries().at(-1)).not.toHaveProperty('fault', 'lost');
});

test('with the same seed, the same calls fail in the same way, at about the given rate', () => {
  const failures = (seed: string) =>
    Array.from({ length: 2000 }, (_, nth) => {
      const failure = randomFailure({ ...calm, seed, faultRate: 0.1 }, nth);
      return failure && 'looks' in failure ? `${failure.kind} ${failure.looks}` : undefined;
    });
  expect(failures('a')).toEqual(failures('a'));
  expect(failures('a')).not.toEqual(failures('b'));
  const failed = failures('a').filter(Boolean);
  expect(failed.length).toBeGreaterThan(150);
  expect(failed.length).toBeLessThan(250);
  expect(new Set(failed)).toEqual(new Set(['lost reset', 'lost 500', 'not-done reset', 'not-done 500']));
});

test('changing a setting restarts the random sequence', async () => {
  const { ec2, adjust, journal } = await sandboxInWeather();
  const sendCalls = async () => {
    adjust({ faultRate: 0.5 });
    const firstIndex = journal.entries().length;
    for (let calls = 0; calls < 12; calls += 1) await resultOf(ec2.send(new DescribeVpcsCommand({})));
    return journal
      .entries()
      .slice(firstIndex)
      .map(({ fault }) => fault);
  };
  const first = await sendCalls();
  expect(new Set(first).size).toBeGreaterThan(1);
  expect(await sendCalls()).toEqual(first);
});

test('a call takes effect after at least half of its latency, and responds after the rest', async () => {
  const { ec2, region, clock, adjust } = await sandboxInWeather({ latencyMs: { min: SECOND, max: SECOND } });
  let hasResponse = false;
  const call = ec2.send(new CreateInternetGatewayCommand({})).finally(() => (hasResponse = true));
  const gatewayCount = () => region.ec2.internetGateways.size;
  // The clock must not advance much before the call arrives, so it advances in small steps between event loop turns.
  let waitedMs = 0;
  for (; gatewayCount() === 0; waitedMs += SECOND / 20) {
    for (let turns = 0; turns < 50; turns += 1) await eventLoopTurn();
    clock.advance(SECOND / 20);
  }
  expect(waitedMs).toBeGreaterThanOrEqual(SECOND / 2);
  expect(hasResponse).toBe(false);
  clock.advance(SECOND);
  await call;
  adjust({ latencyMs: { min: 0, max: 0 } });
  await ec2.send(new DescribeVpcsCommand({}));
});
