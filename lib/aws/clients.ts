/** The AWS clients of a run: for each service, a function that sends commands. A client is loaded on first use. */
import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { linkedSignal, withDeadline } from './deadline.ts';
import { trackRecentlyCreated } from './recently-created.ts';
import { makeLimiter, unlimited } from './rate-limiter.ts';
import { retryingSender, type BeforeRetry, type Call, type CallContext } from './retry.ts';

/** Which endpoint the clients call, and with which credentials. */
export interface ClientSettings {
  readonly region: string;
  /** An endpoint other than AWS. */
  readonly endpoint?: string;
  /** The speed at which the endpoint's rate limits refill, relative to AWS's speed; undefined if it has no rate limits. */
  readonly rateLimitFactor?: number | undefined;
  /** The credentials for the sandbox; by default the SDK's credential chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The timeouts of a connection; by default those for AWS. */
  readonly timeouts?: Timeouts;
}

/** Timeouts for connecting, for a connection on which nothing arrives, and for a whole call. Milliseconds. */
export interface Timeouts {
  readonly connectMs: number;
  readonly idleMs: number;
  /** For a call whose response never ends, although it is never idle; by default two minutes. */
  readonly callMs?: number;
  /** For a call that sends a part of an image layer, of at most 10 MiB; by default ten minutes. */
  readonly uploadMs?: number;
}

/** By default the SDK waits forever. AWS answers each of our calls within seconds. */
const TIMEOUTS: Timeouts = { connectMs: 5000, idleMs: 30_000 };
const CALL_MS = 120_000;
const UPLOAD_MS = 600_000;

interface Client<I extends object, O extends object> {
  send(command: CommandOf<I, O>, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  destroy(): void;
}
/** Any command of the SDK, with the types of its input and its output. */
interface CommandOf<I extends object, O extends object> {
  readonly input: I;
  // This is the only member of a command that has the output in its type.
  resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: O }>;
}

/**
 * Sends one command to one service and returns its output.
 * @param options.beforeRetry called before an error is retried for the first time; it may throw instead, to end the call
 */
export type Send = <I extends object, O extends object>(
  command: CommandOf<I, O>,
  options?: { readonly beforeRetry?: BeforeRetry },
) => Promise<O>;

/** The services that Slipway calls. */
export interface Aws {
  readonly ec2: Send;
  /**
   * EC2, for creates without a client token. After a lost response, these creates are not sent again, since a repeated create
   * could make a second resource.
   */
  readonly ec2Once: Send;
  readonly elbv2: Send;
  readonly ecs: Send;
  /**
   * ECS, for calls that an interruption of the run does not abort: they start a task, and stop it again.
   */
  readonly ecsUninterrupted: Send;
  /** Application Auto Scaling, which may control the task counts of services. */
  readonly autoscaling: Send;
  /** CloudWatch, whose alarms may roll back a deployment. */
  readonly cloudwatch: Send;
  readonly ecr: Send;
  readonly iam: Send;
  readonly logs: Send;
  readonly route53: Send;
  /** Parameter Store, which may hold the secrets of a stack. */
  readonly ssm: Send;
  readonly secretsmanager: Send;
  readonly sts: Send;
  /** S3, which may keep the access logs of the load balancer. */
  readonly s3: Send;
  /** Certificate Manager. */
  readonly acm: Send;
  /** WAF, whose web ACL may inspect the requests to the load balancer. */
  readonly wafv2: Send;
  /** Service Quotas, which knows the maximum numbers of resources in the account. */
  readonly servicequotas: Send;
  /** Aborts the calls that are under way, and closes the connections. */
  close(): void;
}

/** How a client sends its calls. */
interface SenderOptions {
  readonly kind?: Call['kind'];
  /** Whether an interruption of the run aborts the calls. */
  readonly isInterrupted?: boolean;
}

/** Connections are reused, and there are enough connections per host that no survey has to wait for one. */
const CONNECTIONS = { keepAlive: true, maxSockets: 256 };

/**
 * Makes the clients of a run. No client is made before the first call to its service.
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html
 */
export function awsClients(settings: ClientSettings, run: CallContext): Aws {
  const { signal, abort } = linkedSignal(run.signal);
  const recentlyCreated = run.recentlyCreated ?? trackRecentlyCreated(run.clock);
  const context = { ...run, signal, recentlyCreated };
  const { rateLimitFactor, timeouts = TIMEOUTS, ...endpointSettings } = settings;
  const clientOptions = {
    ...endpointSettings,
    // The SDK does not retry; retry.ts does. The SDK would also retry creates without a client token, and quota errors, which
    // it mistakes for throttling.
    maxAttempts: 1,
    // An idle connection counts as a lost response, just like a broken one.
    requestHandler: {
      connectionTimeout: timeouts.connectMs,
      socketTimeout: timeouts.idleMs,
      // Shared by all clients: at an endpoint other than AWS they all connect to the same host.
      httpAgent: new Agent(CONNECTIONS),
      httpsAgent: new TlsAgent(CONNECTIONS),
    },
  };
  const limiter = rateLimitFactor === undefined ? unlimited : makeLimiter(context, rateLimitFactor);
  const sendWithRetries = retryingSender(context);
  const closing = new AbortController();
  // Every call adds a listener; that is not a leak.
  setMaxListeners(0, closing.signal);
  const sendToTheEnd = retryingSender({ ...context, signal: closing.signal });
  const loadedClients: { destroy(): void }[] = [];
  const sender = <C extends Client<object, object>>(
    service: string,
    make: () => Promise<C>,
    { kind = 'repeatable', isInterrupted = true }: SenderOptions = {},
  ): Send => {
    let client: Promise<C> | undefined;
    const retry = isInterrupted ? sendWithRetries : sendToTheEnd;
    const abortWith = isInterrupted ? context.signal : closing.signal;
    return async <I extends object, O extends object>(
      command: CommandOf<I, O>,
      { beforeRetry }: { readonly beforeRetry?: BeforeRetry } = {},
    ) => {
      client ??= make().then((made) => (loadedClients.push(made), made));
      const loaded = await client;
      const name = command.constructor.name.replace(/Command$/, '');
      const send = async () => {
        if (isInterrupted) await limiter(service, name);
        const ms =
          name === 'UploadLayerPart' ? (timeouts.uploadMs ?? UPLOAD_MS) : (timeouts.callMs ?? CALL_MS);
        return withDeadline(name, ms, abortWith, (abortSignal) => loaded.send(command, { abortSignal }));
      };
      return (await retry({ name, input: command.input, kind, send, beforeRetry })) as O;
    };
  };
  return {
    ec2: sender('ec2', async () => new (await import('./clients/ec2.ts')).EC2Client(clientOptions)),
    ec2Once: sender('ec2', async () => new (await import('./clients/ec2.ts')).EC2Client(clientOptions), {
      kind: 'once',
    }),
    elbv2: sender(
      'elbv2',
      async () => new (await import('./clients/elbv2.ts')).ElasticLoadBalancingV2Client(clientOptions),
    ),
    ecs: sender('ecs', async () => new (await import('./clients/ecs.ts')).ECSClient(clientOptions)),
    ecsUninterrupted: sender(
      'ecs',
      async () => new (await import('./clients/ecs.ts')).ECSClient(clientOptions),
      { isInterrupted: false },
    ),
    autoscaling: sender(
      'autoscaling',
      async () => new (await import('./clients/autoscaling.ts')).ApplicationAutoScalingClient(clientOptions),
    ),
    cloudwatch: sender(
      'cloudwatch',
      async () => new (await import('./clients/cloudwatch.ts')).CloudWatchClient(clientOptions),
    ),
    ecr: sender('ecr', async () => new (await import('./clients/ecr.ts')).ECRClient(clientOptions)),
    iam: sender('iam', async () => new (await import('./clients/iam.ts')).IAMClient(clientOptions)),
    logs: sender(
      'logs',
      async () => new (await import('./clients/logs.ts')).CloudWatchLogsClient(clientOptions),
    ),
    route53: sender(
      'route53',
      async () => new (await import('./clients/route53.ts')).Route53Client(clientOptions),
    ),
    ssm: sender('ssm', async () => new (await import('./clients/ssm.ts')).SSMClient(clientOptions)),
    secretsmanager: sender(
      'secretsmanager',
      async () => new (await import('./clients/secretsmanager.ts')).SecretsManagerClient(clientOptions),
    ),
    sts: sender('sts', async () => new (await import('./clients/sts.ts')).STSClient(clientOptions)),
    s3: sender(
      's3',
      // The names of buckets are no part of the host of an endpoint other than AWS.
      async () =>
        new (await import('./clients/s3.ts')).S3Client({
          ...clientOptions,
          forcePathStyle: settings.endpoint !== undefined,
        }),
    ),
    acm: sender('acm', async () => new (await import('./clients/acm.ts')).ACMClient(clientOptions)),
    wafv2: sender('wafv2', async () => new (await import('./clients/wafv2.ts')).WAFV2Client(clientOptions)),
    servicequotas: sender(
      'servicequotas',
      async () => new (await import('./clients/servicequotas.ts')).ServiceQuotasClient(clientOptions),
    ),
    close() {
      abort();
      closing.abort();
      loadedClients.forEach((client) => client.destroy());
    },
  };
}
