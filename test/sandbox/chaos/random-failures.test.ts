// Calls that fail for no reason, and calls that take their time.
import { CreateInternetGatewayCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { setImmediate as aTurn } from 'node:timers/promises';
import { randomFailure } from '../../../sandbox/chaos/random-failures.ts';
import { calm } from '../../../sandbox/chaos/weather.ts';
import { met, SECOND, weathered } from './scene.ts';

test('a share of all calls fails, some of them with an effect, and the journal says which', async () => {
  const { ec2, journal, region, turn } = await weathered({ faultRate: 1 });
  for (let calls = 0; calls < 40; calls += 1) {
    expect(await met(ec2.send(new CreateInternetGatewayCommand({})))).not.toBe('ok');
    // The quota is of no interest here.
    region.ec2.internetGateways.clear();
  }
  const kinds = journal.entries().map(({ fault, result }) => `${fault} ${result}`);
  expect(new Set(kinds)).toEqual(new Set(['lost ok', 'not-done InternalError']));
  turn({ faultRate: 0 });
  expect(await met(ec2.send(new CreateInternetGatewayCommand({})))).toBe('ok');
  expect(journal.entries().at(-1)).not.toHaveProperty('fault', 'lost');
});

test('the same seed strikes the same calls in the same way, about as many as it should', () => {
  const strikes = (seed: string) =>
    Array.from({ length: 2000 }, (_, nth) => {
      const failure = randomFailure({ ...calm, seed, faultRate: 0.1 }, nth);
      return failure && 'looks' in failure ? `${failure.kind} ${failure.looks}` : undefined;
    });
  expect(strikes('a')).toEqual(strikes('a'));
  expect(strikes('a')).not.toEqual(strikes('b'));
  const struck = strikes('a').filter(Boolean);
  expect(struck.length).toBeGreaterThan(150);
  expect(struck.length).toBeLessThan(250);
  expect(new Set(struck)).toEqual(new Set(['lost reset', 'lost 500', 'not-done reset', 'not-done 500']));
});

test('changing a setting restarts the random sequence', async () => {
  const { ec2, turn, journal } = await weathered();
  const round = async () => {
    turn({ faultRate: 0.5 });
    const from = journal.entries().length;
    for (let calls = 0; calls < 12; calls += 1) await met(ec2.send(new DescribeVpcsCommand({})));
    return journal
      .entries()
      .slice(from)
      .map(({ fault }) => fault);
  };
  const once = await round();
  expect(new Set(once).size).toBeGreaterThan(1);
  expect(await round()).toEqual(once);
});

test('a call takes its time, half of it before its effect', async () => {
  const { ec2, region, clock, turn } = await weathered({ latencyMs: { min: SECOND, max: SECOND } });
  let answered = false;
  const call = ec2.send(new CreateInternetGatewayCommand({})).finally(() => (answered = true));
  const made = () => region.ec2.internetGateways.size;
  // Time must not pass before the call has arrived, so the clock advances in small steps between turns of the event loop.
  let waited = 0;
  for (; made() === 0; waited += SECOND / 20) {
    for (let turns = 0; turns < 50; turns += 1) await aTurn();
    clock.advance(SECOND / 20);
  }
  expect(waited).toBeGreaterThanOrEqual(SECOND / 2);
  expect(answered).toBe(false);
  clock.advance(SECOND);
  await call;
  turn({ latencyMs: { min: 0, max: 0 } });
  await ec2.send(new DescribeVpcsCommand({}));
});
