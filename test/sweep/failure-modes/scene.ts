/** For tests of failure modes: accounts with realistic durations, failures by operation, and checks of the end state. */
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

/** Opens an account in which AWS takes as long as in reality. The clock skips these durations. */
export const startAccount = (weather: Partial<Weather> = {}, more: Parameters<typeof account>[0] = {}) =>
  account({ clock: leapingClock(), weather: { ...calm, ...weather }, ...more });

/** Returns the results of an operation's calls so far: `ok`, or the code of the refusal. */
export const results = ({ sandbox }: Account, operation: string): string[] =>
  sandbox.journal
    .entries()
    .filter((entry) => entry.operation === operation)
    .map(({ result }) => result);

/** Returns these operations in the order of their first calls. */
export const callOrder = ({ sandbox }: Account, ...operations: string[]): string[] => [
  ...new Set(
    sandbox.journal
      .entries()
      .map(({ operation }) => operation)
      .filter((operation) => operations.includes(operation)),
  ),
];

/** Runs a command while requests keep the clock from leaping, so that created resources are still recent at its end. */
export async function withBusyClock<T>({ aws }: Account, run: () => Promise<T>): Promise<T> {
  let isDone = false;
  const running = run().finally(() => (isDone = true));
  while (!isDone) await aws.ec2.send(new DescribeVpcsCommand({}));
  return running;
}

/** The call is carried out, but answered with status 500. */
export const LOST: Failure = { kind: 'lost', looks: '500' };

/** A refusal by AWS. */
export const refusal = (code: string, message = 'by the test', status = 400): Failure => ({
  kind: 'refused',
  code,
  message,
  status,
});

/** The failures by operation; each happens once by default. */
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
  /** The call of the operation at which the run is killed; by default the first. */
  readonly nth?: number;
  /** Whether AWS carries out that call; true by default. */
  readonly isDone?: boolean;
}

/** Provisions a stack, and kills the run at a call of an operation. */
export async function provisionKilledAt(
  user: Account,
  operation: string,
  { desired = stack(), nth = 1, isDone = true }: KillOptions = {},
): Promise<void> {
  const { fault } =
    callFailures[isDone ? 'done, and the process killed' : 'not done, and the process killed'];
  const failure = { fault: { ...fault, operation }, killsRun: true } as const;
  const failedCalls = injectFailures(user, { failure, nth });
  await user.provision(desired).catch(() => undefined);
  expect(failedCalls).toMatchObject([{ operation }]);
}

/** Checks that a stack is complete, without duplicates or orphans, and that the next plan is empty. */
export async function expectConverged(user: Account, desired: StackInput = stack()): Promise<void> {
  const { calls } = await user.provision(desired);
  const other = await account();
  await other.provision(desired);
  expect({ calls, census: user.census() }).toEqual({ calls: [], census: other.census() });
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
export const jobsStack = (version: number): StackInput => stack({ services: { jobs: worker(version) } });
