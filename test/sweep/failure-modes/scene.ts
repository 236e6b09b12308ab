/** For the tests of failure modes: an AWS that takes its time, calls that are struck by name, and what is to be there at last. */
import { expect } from '@jest/globals';
import type { StackInput } from '../../../lib/config/schema.ts';
import type { Fault, Harm } from '../../../sandbox/faults.ts';
import { calm, type Weather } from '../../../sandbox/weather/weather.ts';
import { account, type Account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';
import { blows, strike } from '../blows.ts';
import { leapingClock } from '../clock.ts';

/** A user on an AWS whose minutes pass at once. */
export const user = (weather: Partial<Weather> = {}, more: Parameters<typeof account>[0] = {}) =>
  account({ clock: leapingClock(), weather: { ...calm, ...weather }, ...more });

/** What the calls of an operation came to so far: `ok`, or the code of the refusal. */
export const results = ({ sandbox }: Account, operation: string): string[] =>
  sandbox.journal
    .entries()
    .filter((entry) => entry.operation === operation)
    .map(({ result }) => result);

/** In which order these operations were first called. */
export const orderOf = ({ sandbox }: Account, ...operations: string[]): string[] => [
  ...new Set(
    sandbox.journal
      .entries()
      .map(({ operation }) => operation)
      .filter((operation) => operations.includes(operation)),
  ),
];

/** Carried out, and answered with 500 all the same. */
export const LOST: Harm = { kind: 'lost', looks: '500' };

/** AWS's no. */
export const no = (code: string, message = 'by the test', status = 400): Harm => ({
  kind: 'refused',
  code,
  message,
  status,
});

/** What goes wrong with which operations, once each, or so many times. */
type Falls = Readonly<Record<string, Harm & Partial<Pick<Fault, 'nth' | 'times'>>>>;

/** Runs something while calls go wrong; each of them has to. */
export async function struck<T>(one: Account, falls: Falls, run: () => Promise<T>): Promise<T> {
  const { faults } = one.sandbox;
  for (const [operation, harm] of Object.entries(falls)) faults.add({ nth: 1, ...harm, operation });
  const outcome = await run();
  expect(faults.waiting().filter(({ times }) => times !== 'always')).toEqual([]);
  faults.clear();
  return outcome;
}

/** Provisions, and is killed at a call of an operation; AWS carries that one out all the same, unless told. */
export async function killedAt(one: Account, operation: string, asked = stack(), isDone = true): Promise<void> {
  const { harm } = blows[isDone ? 'done, and the process killed' : 'not done, and the process killed'];
  const aimed = { ...harm, operation };
  const seen = strike(one, { blow: { harm: aimed, kills: true }, nth: 1 });
  await one.up(asked).catch(() => undefined);
  expect(seen).toMatchObject([{ operation }]);
}

/** All of a stack is there once, and nothing besides: no twin, no orphan, nothing to do. */
export async function expectWhole(one: Account, wanted: StackInput = stack()): Promise<void> {
  const { calls } = await one.up(wanted);
  const other = await account();
  await other.up(wanted);
  expect({ calls, census: one.census() }).toEqual({ calls: [], census: other.census() });
}
