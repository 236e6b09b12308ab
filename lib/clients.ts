/** The AWS clients of a run: one function a service, made when first used, that knows what may be tried again. */
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import pRetry, { AbortError } from 'p-retry';
import { messageOf } from './aws-error.ts';
import type { Clock } from './clock.ts';
import { Resend } from './resend.ts';
import { truthOf } from './truths.ts';

/** Where and as whom the clients call. */
export interface ClientSettings {
  readonly region: string;
  /** Another endpoint than AWS's own. */
  readonly endpoint?: string;
  /** Given for the sandbox; otherwise the SDK's usual chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How long a connection, and then every silence on it, may last; as for AWS unless told. */
  readonly patience?: Patience;
}

/** Milliseconds. */
export interface Patience {
  readonly connection: number;
  readonly silence: number;
}

/** The SDK by itself waits for ever. No call of ours takes AWS more than a few seconds. */
const PATIENCE: Patience = { connection: 5000, silence: 30_000 };

/** What the clients share with the rest of a run. */
export interface Calling {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told, now and then, what a call waits for that is tried again. */
  readonly onWait?: (text: string) => void;
}

interface Client<I extends object, O extends object> {
  send(command: CommandOf<I, O>, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  destroy(): void;
}
/** Any command of the SDK; its phantom types are its input and its output. */
interface CommandOf<I extends object, O extends object> {
  readonly input: I;
  // The SDK's own way from a command to its output type.
  resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: O }>;
}

/** Sends one command to one service and returns its output. */
export type Send = <I extends object, O extends object>(command: CommandOf<I, O>) => Promise<O>;

/** The services that Slipway calls. */
export interface Aws {
  readonly ec2: Send;
  /** EC2 for creates that have no client token, where sending twice makes two: a lost answer is not asked for again. */
  readonly ec2Once: Send;
  readonly elbv2: Send;
  readonly ecs: Send;
  /** Application Auto Scaling, which may have the counts of services. */
  readonly autoscaling: Send;
  readonly ecr: Send;
  readonly iam: Send;
  readonly logs: Send;
  readonly route53: Send;
  readonly sts: Send;
  /** Closes the connections. */
  close(): void;
}

/** How often a call is sent that gets no answer, or a server error. */
const ATTEMPTS = 4;
/** How often a passing truth is looked at again: dense, since most pass within seconds. */
const EVERY_MS = 1000;

/** How long nobody wonders why nothing happens: the first word comes at half of it. */
const WONDER_MS = 10_000;

/** Makes the clients of a run. Nothing is sent, and no client is made, before the first call. */
export function awsClients(settings: ClientSettings, { clock, signal, onWait }: Calling): Aws {
  const { patience = PATIENCE, ...where } = settings;
  const made: { destroy(): void }[] = [];
  const sender = <C extends Client<object, object>>(make: () => C): Send => {
    let client: C | undefined;
    return async <I extends object, O extends object>(command: CommandOf<I, O>) => {
      if (!client) made.push((client = make()));
      const ready = client;
      return retried(command, () => ready.send(command, { abortSignal: signal })) as Promise<O>;
    };
  };

  async function retried(command: object, call: () => Promise<unknown>): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, '');
    const start = clock.now();
    let told = start - WONDER_MS / 2;
    return pRetry(
      async () => {
        signal.throwIfAborted();
        try {
          return await call();
        } catch (error) {
          const truth = truthOf(name, error);
          const now = clock.now();
          const over = truth === undefined || now - start > truth.seconds * 1000;
          if (!over && now - told > WONDER_MS) {
            told = now;
            onWait?.(
              `${name} waits, ${Math.round((now - start) / 1000)} s: ${truth.why} (${messageOf(error)})`,
            );
          }
          throw over || signal.aborted ? new AbortError(error as Error) : error;
        }
      },
      {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 0,
        factor: 1,
        onFailedAttempt: () => clock.sleep(settings.endpoint ? EVERY_MS / 10 : EVERY_MS, signal),
      },
    );
  }

  /** @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html */
  const standard = (attempts = ATTEMPTS) => ({
    ...where,
    retryStrategy: new Resend(attempts),
    // A silence that is too long is no answer, as is a connection that breaks. Not a limit for a whole request: a layer
    // of an image takes as long as the line needs.
    requestHandler: { connectionTimeout: patience.connection, socketTimeout: patience.silence },
  });
  return {
    ec2: sender(() => new EC2Client(standard())),
    ec2Once: sender(() => new EC2Client(standard(1))),
    elbv2: sender(() => new ElasticLoadBalancingV2Client(standard())),
    ecs: sender(() => new ECSClient(standard())),
    autoscaling: sender(() => new ApplicationAutoScalingClient(standard())),
    ecr: sender(() => new ECRClient(standard())),
    iam: sender(() => new IAMClient(standard())),
    logs: sender(() => new CloudWatchLogsClient(standard())),
    route53: sender(() => new Route53Client(standard())),
    sts: sender(() => new STSClient(standard())),
    close: () => made.forEach((client) => client.destroy()),
  };
}
