/** A running sandbox, as the rest of Slipway sees it: queries it and stops it over HTTP. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AUTHORITY_FILE } from './state/folder.ts';
import type { ListenedAddress } from './runtime/ports.ts';
import { openIntercepts, type InterceptSession } from './intercept-client.ts';
import type { ProvenSandbox } from './identify.ts';
import { isProcessAlive, STOP_TIMEOUT_MS, waitForEnd } from './shutdown.ts';

/** A running sandbox. */
export interface SandboxClient {
  /** The endpoint for AWS clients. */
  readonly url: string;
  readonly pid: number;
  /** The folder in which the sandbox keeps its state. */
  readonly folder: string;
  /** Whether the call that returned this client started the sandbox. */
  readonly started: boolean;
  /** Whether a provision started the sandbox in the background. A teardown stops only such a sandbox. */
  readonly background: boolean;
  /** The factor by which the sandbox's rate-limit buckets refill faster than AWS's; undefined when calls are not throttled. */
  readonly rateLimitFactor: number | undefined;
  /** Whether its machine lacks an OCI runtime, which this image, or any image without Node, needs. */
  lacksRuntime(image?: {
    readonly reference: string;
    readonly region: string;
    readonly command: readonly string[];
  }): Promise<boolean>;
  /** What the user should know about this sandbox, e.g. that it runs as root. */
  readonly warnings: readonly string[];
  /** What this machine cannot enforce about containers, and why. */
  readonly limitations: readonly string[];
  /** Resolves a name through the sandbox's Route 53 and load balancers; undefined when nothing serves it. */
  resolve(name: string, port: number): Promise<{ readonly host: string; readonly port: number } | undefined>;
  /** Returns the authority that signs the sandbox's certificates: its certificate in PEM, and the file that contains it. */
  authority(): Promise<{ readonly certificate: string; readonly file: string }>;
  /** Returns the name servers to which the parent of a zone delegates the zone's name; empty if there are none. */
  nameServers(zone: string): Promise<readonly string[]>;
  /**
   * Returns the addresses on which the containers of a task listen, or listened if they have ended; undefined when the
   * sandbox does not know the task. Addresses of a stopped task are kept as long as the task can be described.
   * @param taskId the last part of the task's ARN
   */
  listeners(taskId: string): Promise<readonly ListenedAddress[] | undefined>;
  /**
   * Opens intercepts: while this process holds them, other versions of programs receive the requests of deployed tasks.
   * @throws Error if another client holds intercepts
   */
  intercept(): Promise<InterceptSession>;
  /** Whether tasks pull images only from the sandbox's own ECR. */
  readonly pullsOnlyFromEcr: boolean;
  census(): Promise<Readonly<Record<string, number>>>;
  /** Returns the number of requests to each target group since the sandbox started, by ARN. */
  requests(): Promise<Readonly<Record<string, number>>>;
  /** Returns what its page shows: resources by kind, calls, faults and weather. */
  contents(): Promise<object>;
  /** Changes the weather, adds faults, or removes all faults. @throws Error that names the invalid settings */
  inject(page: 'weather' | 'faults' | 'clear-faults', settings: unknown): Promise<void>;
  /** Whether the sandbox's process is alive, even if it does not respond. */
  isAlive(): boolean;
  /**
   * Stops the sandbox, and resolves when its process has ended.
   * @param withinMs how long the process may take to end, in milliseconds
   * @throws SandboxError when the process takes longer
   */
  stop(withinMs?: number): Promise<void>;
}

/** Thrown when a sandbox cannot be found, started or stopped. */
export class SandboxError extends Error {
  readonly kind: 'port taken' | 'did not start' | 'did not stop';
  constructor(kind: SandboxError['kind'], message: string) {
    super(message);
    this.name = 'SandboxError';
    this.kind = kind;
  }
}

const CALL_TIMEOUT_MS = 5000;

export const didNotStop = (pid: number, withinMs: number): SandboxError =>
  new SandboxError(
    'did not stop',
    `Its process ${pid} is still running ${withinMs / 1000} s after it was asked to stop.`,
  );

/** @param started whether this process has started it */
export function clientOf(
  port: number,
  { about, authorization }: ProvenSandbox,
  started: boolean,
): SandboxClient {
  const url = `http://127.0.0.1:${port}`;
  const call = async (path: string, method = 'GET', body?: string): Promise<unknown> => {
    const response = await fetch(`${url}/_sandbox/${path}`, {
      method,
      headers: { authorization },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    if (!response.ok)
      throw new Error(`The sandbox responded with ${response.status}: ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    pid: about.pid,
    folder: about.folder,
    started,
    background: about.background,
    rateLimitFactor: about.limits,
    warnings: about.warnings ?? [],
    limitations: about.limitations ?? [],
    resolve: async (name, port) =>
      ((await call(`resolve?name=${encodeURIComponent(name)}&port=${port}`)) ?? undefined) as
        { host: string; port: number } | undefined,
    authority: async () => {
      const file = join(about.folder, AUTHORITY_FILE);
      return { certificate: await readFile(file, 'utf8'), file };
    },
    nameServers: async (zone) => (await call(`name-servers?name=${encodeURIComponent(zone)}`)) as string[],
    listeners: async (taskId) =>
      ((await call(`listeners?task=${encodeURIComponent(taskId)}`)) ?? undefined) as
        ListenedAddress[] | undefined,
    lacksRuntime: async (image) => {
      const query = image && {
        image: image.reference,
        region: image.region,
        command: JSON.stringify(image.command),
      };
      return (await call(`lacks-runtime?${new URLSearchParams(query ?? {}).toString()}`)) as boolean;
    },
    intercept: () => openIntercepts(url, authorization),
    pullsOnlyFromEcr: true,
    census: async () => (await call('census')) as Record<string, number>,
    requests: async () => (await call('requests')) as Record<string, number>,
    contents: async () => (await call('contents')) as object,
    inject: async (page, settings) => void (await call(page, 'POST', JSON.stringify(settings))),
    isAlive: () => isProcessAlive(about.pid),
    async stop(withinMs = STOP_TIMEOUT_MS) {
      await call('stop', 'POST');
      if (!(await waitForEnd(about.pid, withinMs))) throw didNotStop(about.pid, withinMs);
    },
  };
}
