/** The interface of a contender, and the measurement of one round of its workloads. */
import type { Proxy } from './latency-proxy.ts';
import { runCommand, type Command } from './run-command.ts';
import type { AwsCall } from './aws-call.ts';

/** The workloads of one round, in order. `again` is a second provision, which changes nothing. */
export const WORKLOADS = ['plan', 'provision', 'again', 'teardown'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** The measurement of one workload in one round. */
export interface Measurement {
  readonly seconds: number;
  readonly megabytes: number | undefined;
  readonly calls: readonly AwsCall[];
}
export type Round = Readonly<Record<Workload, Measurement>>;

/** A program that is measured. */
export interface Contender {
  readonly name: string;
  /** Prepares a new folder for a number of additional services, and returns the command of each workload. */
  prepare(
    folder: string,
    endpoint: string,
    additionalServices: number,
  ): Promise<Readonly<Record<Workload, Command>>>;
}

/** Returns the environment of a contender's commands, with test credentials and without colours, telemetry or update checks. */
export const environmentFor = (endpoint: string, variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
  AWS_REGION: 'eu-west-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  CHECKPOINT_DISABLE: '1',
  NO_COLOR: '1',
  NO_UPDATE_NOTIFIER: '1',
  ...variables,
});

/** Runs each workload once, in order, and records its calls. */
export async function runRound(
  contender: Contender,
  folder: string,
  proxy: Proxy,
  additionalServices: number,
  log: (text: string) => void,
): Promise<Round> {
  const commands = await contender.prepare(folder, proxy.url, additionalServices);
  const measured: Partial<Record<Workload, Measurement>> = {};
  for (const workload of WORKLOADS) {
    // Discards the calls that were made before this workload.
    proxy.takeCalls();
    const { seconds, megabytes } = await runCommand(commands[workload]);
    const calls = proxy.takeCalls();
    measured[workload] = { seconds, megabytes, calls };
    log(
      `${contender.name}, ${additionalServices} more, ${workload}: ${seconds.toFixed(1)} s, ${calls.length} calls`,
    );
  }
  return measured as Round;
}
