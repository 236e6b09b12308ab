/** The AWS clients of a run: one function a service, made when first used, that knows what may be tried again. */
import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
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
}

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
  /** Ends what is still under way, and closes the connections. */
  close(): void;
}

/** How often a call is sent that gets no answer, or a server error. */
const ATTEMPTS = 4;
/** How often a passing truth is looked at again: dense, since most pass within seconds. */
const EVERY_MS = 1000;

/** How long nobody wonders why nothing happens: the first word comes at half of it. */
const PATIENCE_MS = 10_000;

/** Connections are kept for the next call; so many to one host that no survey waits for one. */
const CONNECTIONS = { keepAlive: true, maxSockets: 256 };

/** Makes the clients of a run. Nothing is sent, and no client is made, before the first call. */
export function awsClients(settings: ClientSettings, { clock, signal: stop, onWait }: Calling): Aws {
  const made: { destroy(): void }[] = [];
  const over = new AbortController();
  const { signal } = over;
  // Every call listens to it: that is many, not a leak.
  setMaxListeners(0, signal);
  const end = () => over.abort(stop.reason);
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
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
    let told = start - PATIENCE_MS / 2;
    return pRetry(
      async () => {
        signal.throwIfAborted();
        try {
          return await call();
        } catch (error) {
          const truth = truthOf(name, error);
          const now = clock.now();
          const over = truth === undefined || now - start > truth.seconds * 1000;
          if (!over && now - told > PATIENCE_MS) {
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

  // One for all clients: behind an endpoint that is not AWS's own they all speak to the same host.
  const requestHandler = { httpAgent: new Agent(CONNECTIONS), httpsAgent: new TlsAgent(CONNECTIONS) };
  const standard = (attempts = ATTEMPTS) => ({
    ...settings,
    requestHandler,
    retryStrategy: new Resend(attempts),
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
    close() {
      stop.removeEventListener('abort', end);
      end();
      made.forEach((client) => client.destroy());
    },
  };
}
