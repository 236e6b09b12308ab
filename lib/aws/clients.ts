/** The AWS clients of a run: one function a service, loaded and made when first used, that knows what may be tried again. */
import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { makeLimiter, unlimited } from './rate-limiter.ts';
import { withRetries, type Call, type CallContext } from './retry.ts';

/** Where and as whom the clients call. */
export interface ClientSettings {
  readonly region: string;
  /** Another endpoint than AWS's own. */
  readonly endpoint?: string;
  /** How many times faster than AWS's its rate limits fill again; without it, the endpoint has none. */
  readonly limits?: number | undefined;
  /** Given for the sandbox; otherwise the SDK's usual chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How long a connection, and then every silence on it, may last; as for AWS unless told. */
  readonly timeouts?: Timeouts;
}

/** Milliseconds. */
export interface Timeouts {
  readonly connectMs: number;
  readonly idleMs: number;
}

/** The SDK by itself waits for ever. No call of ours takes AWS more than a few seconds. */
const TIMEOUTS: Timeouts = { connectMs: 5000, idleMs: 30_000 };

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

/** Connections are kept for the next call; so many to one host that no survey waits for one. */
const CONNECTIONS = { keepAlive: true, maxSockets: 256 };

/**
 * Makes the clients of a run. Nothing is sent, and no client is made, before the first call.
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html
 */
export function awsClients(settings: ClientSettings, run: CallContext): Aws {
  const { signal, end } = linkedSignal(run.signal);
  const calling = { ...run, signal };
  const { limits, timeouts: patience = TIMEOUTS, ...where } = settings;
  const standard = {
    ...where,
    // What is sent again is decided here, by one table: the SDK would send creates again that have no client token, and
    // takes quotas for throttles.
    maxAttempts: 1,
    // A silence that is too long is no answer, as is a connection that breaks. Not a limit for a whole request: a layer
    // of an image takes as long as the line needs.
    requestHandler: {
      connectionTimeout: patience.connectMs,
      socketTimeout: patience.idleMs,
      // One for all clients: behind an endpoint that is not AWS's own they all speak to the same host.
      httpAgent: new Agent(CONNECTIONS),
      httpsAgent: new TlsAgent(CONNECTIONS),
    },
  };
  const limiter = limits === undefined ? unlimited : makeLimiter(calling, limits);
  const retried = withRetries(calling);
  const made: { destroy(): void }[] = [];
  const sender = <C extends Client<object, object>>(
    service: string,
    make: () => Promise<C>,
    kind: Call['kind'] = 'repeatable',
  ): Send => {
    let client: Promise<C> | undefined;
    return async <I extends object, O extends object>(command: CommandOf<I, O>) => {
      client ??= make().then((one) => (made.push(one), one));
      const ready = await client;
      const name = command.constructor.name.replace(/Command$/, '');
      const send = async () => {
        await limiter(service, name);
        return ready.send(command, { abortSignal: calling.signal });
      };
      return (await retried({ name, input: command.input, kind, send })) as O;
    };
  };
  return {
    ec2: sender('ec2', async () => new (await import('./clients/ec2.ts')).EC2Client(standard)),
    ec2Once: sender('ec2', async () => new (await import('./clients/ec2.ts')).EC2Client(standard), 'once'),
    elbv2: sender(
      'elbv2',
      async () => new (await import('./clients/elbv2.ts')).ElasticLoadBalancingV2Client(standard),
    ),
    ecs: sender('ecs', async () => new (await import('./clients/ecs.ts')).ECSClient(standard)),
    autoscaling: sender(
      'autoscaling',
      async () => new (await import('./clients/autoscaling.ts')).ApplicationAutoScalingClient(standard),
    ),
    ecr: sender('ecr', async () => new (await import('./clients/ecr.ts')).ECRClient(standard)),
    iam: sender('iam', async () => new (await import('./clients/iam.ts')).IAMClient(standard)),
    logs: sender('logs', async () => new (await import('./clients/logs.ts')).CloudWatchLogsClient(standard)),
    route53: sender(
      'route53',
      async () => new (await import('./clients/route53.ts')).Route53Client(standard),
    ),
    sts: sender('sts', async () => new (await import('./clients/sts.ts')).STSClient(standard)),
    close() {
      end();
      made.forEach((client) => client.destroy());
    },
  };
}

/** A signal that says to stop when another one does, or at the end. */
function linkedSignal(stop: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } {
  const over = new AbortController();
  // Every call listens to it: that is many, not a leak.
  setMaxListeners(0, over.signal);
  const end = () => {
    stop.removeEventListener('abort', end);
    over.abort(stop.reason);
  };
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
  return { signal: over.signal, end };
}
