/** For tests of failure modes: opens accounts, injects failures into operations, and checks the state after a run. */
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import type { StackInput } from '../../../lib/config/schema.ts';
import type { Fault, Failure } from '../../../sandbox/chaos/faults.ts';
import type { DataPlane, TaskFailure } from '../../../sandbox/data-plane/data-plane.ts';
import { calm, type Weather } from '../../../sandbox/chaos/weather.ts';
import { account, type Account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';
import { callFailures, injectFailures } from '../call-failures.ts';
import { leapingClock } from '../leaping-clock.ts';

/** Opens an account whose resources take as long as on AWS. The clock leaps over these times. */
export const openAccount = (weather: Partial<Weather> = {}, options: Parameters<typeof account>[0] = {}) =>
  account({ clock: leapingClock(), weather: { ...calm, ...weather }, ...options });

/** Returns the results of an operation's calls so far: `ok`, or the code of the refusal. */
export const resultsOf = ({ sandbox }: Account, operation: string): string[] =>
  sandbox.journal
    .entries()
    .filter((entry) => entry.operation === operation)
    .map(({ result }) => result);

/** Sorts operations by their first calls. Operations that were never called are left out. */
export const callOrder = ({ sandbox }: Account, ...operations: string[]): string[] => [
  ...new Set(
    sandbox.journal
      .entries()
      .map(({ operation }) => operation)
      .filter((operation) => operations.includes(operation)),
  ),
];

/**
 * Runs a command while other requests keep the clock from leaping. Little time passes, so the resources that the command creates
 * are still new at its end.
 */
export async function withoutClockLeaps<T>({ aws }: Account, run: () => Promise<T>): Promise<T> {
  let isDone = false;
  const running = run().finally(() => (isDone = true));
  while (!isDone) await aws.ec2.send(new DescribeVpcsCommand({}));
  return running;
}

/** A failure in which the call takes effect, but the client gets status 500. */
export const LOST: Failure = { kind: 'lost', looks: '500' };

/** Returns a failure in which AWS refuses the call. */
export const refusal = (code: string, message = 'by the test', status = 400): Failure => ({
  kind: 'refused',
  code,
  message,
  status,
});

/** Operations, each with its failure. By default, a failure happens once. */
type FailuresByOperation = Readonly<Record<string, Failure & Partial<Pick<Fault, 'nth' | 'times'>>>>;

/** Runs a command while operations fail, and checks that every failure has happened. */
export async function withFailures<T>(
  user: Account,
  failures: FailuresByOperation,
  run: () => Promise<T>,
): Promise<T> {
  const { faults } = user.sandbox;
  for (const [operation, failure] of Object.entries(failures)) faults.add({ nth: 1, ...failure, operation });
  const outcome = await run();
  expect(faults.waiting().filter(({ times }) => times !== 'always')).toEqual([]);
  faults.clear();
  return outcome;
}

/** Options of `provisionKilledAt`. */
interface KillOptions {
  readonly desired?: StackInput;
  /** Which call of the operation kills the run. By default, the first one does. */
  readonly nth?: number;
  /** Whether that call takes effect. By default, it does. */
  readonly takesEffect?: boolean;
}

/** Provisions a stack, and kills the run at a call of an operation. */
export async function provisionKilledAt(
  user: Account,
  operation: string,
  { desired = stack(), nth = 1, takesEffect = true }: KillOptions = {},
): Promise<void> {
  const { fault } =
    callFailures[takesEffect ? 'done, and the process killed' : 'not done, and the process killed'];
  const failure = { fault: { ...fault, operation }, killsRun: true } as const;
  const failedCalls = injectFailures(user, { failure, nth });
  await user.provision(desired).catch(() => undefined);
  expect(failedCalls).toMatchObject([{ operation }]);
}

/** Checks that the next provision makes no changes, and that the account has the same resources as after a first provision. */
export async function expectConverged(user: Account, desired: StackInput = stack()): Promise<void> {
  const { calls } = await user.provision(desired);
  const freshAccount = await account();
  await freshAccount.provision(desired);
  expect({ calls, census: user.census() }).toEqual({ calls: [], census: freshAccount.census() });
}

/** Returns a simulated data plane whose tasks fail to start as long as `failure` is set. */
export const failablePlane = (): DataPlane & { failure: TaskFailure | undefined } => ({
  failure: undefined,
  startTask(_region, _taskArn, outcome) {
    outcome(this.failure);
  },
  stopTask: (_region, _taskArn, stopped) => stopped(),
  checksTargets: false,
});

/** A service without a path, so that waiting for it sends no HTTP requests. */
export const worker = (version: number): StackInput['services'][string] => ({
  containers: { worker: { image: `public.ecr.aws/shop/worker:${version}`, port: 80 } },
});

/** A stack whose only service has no path. */
export const jobsStack = (version: number): StackInput =>
  stack({ domain: undefined, services: { jobs: worker(version) } });
