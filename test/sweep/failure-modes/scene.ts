/** For the tests of failure modes: an AWS that takes its time, calls that are struck by name, and what is to be there at last. */
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import type { StackInput } from '../../../lib/config/schema.ts';
import type { Fault, Harm } from '../../../sandbox/chaos/faults.ts';
import type { DataPlane, TaskFailure } from '../../../sandbox/data-plane/data-plane.ts';
import { calm, type Weather } from '../../../sandbox/chaos/weather.ts';
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

/** Runs something while somebody else keeps asking, so that the clock leaps nowhere: what was made now is new a moment later. */
export async function unhurried<T>({ aws }: Account, run: () => Promise<T>): Promise<T> {
  let isDone = false;
  const running = run().finally(() => (isDone = true));
  while (!isDone) await aws.ec2.send(new DescribeVpcsCommand({}));
  return running;
}

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

/** How a run is killed. */
interface Kill {
  readonly asked?: StackInput;
  /** At which call of the operation; at the first unless told. */
  readonly nth?: number;
  /** Whether AWS carries that call out all the same; it does unless told. */
  readonly isDone?: boolean;
}

/** Provisions, and is killed at a call of an operation. */
export async function killedAt(
  one: Account,
  operation: string,
  { asked = stack(), nth = 1, isDone = true }: Kill = {},
): Promise<void> {
  const { harm } = blows[isDone ? 'done, and the process killed' : 'not done, and the process killed'];
  const aimed = { ...harm, operation };
  const seen = strike(one, { blow: { harm: aimed, kills: true }, nth });
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

/** What pretends to run tasks, and fails to as long as there is a failure. */
export const makePlane = (): DataPlane & { failure: TaskFailure | undefined } => ({
  failure: undefined,
  startTask(_region, _taskArn, outcome) {
    outcome(this.failure);
  },
  stopTask: (_region, _taskArn, stopped) => stopped(),
  checksTargets: false,
});

/** A service that no path leads to: whoever waits for it asks nothing over HTTP. */
export const worker = (version: number): StackInput['services'][string] => ({
  containers: { worker: { image: `public.ecr.aws/shop/worker:${version}`, port: 80 } },
});

/** A stack of nothing else. */
export const jobs = (version: number): StackInput => stack({ services: { jobs: worker(version) } });
