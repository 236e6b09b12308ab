/** The target of a run, the sandbox or AWS, with its client settings and waits. */
import { realpathSync } from 'node:fs';
import type { ClientSettings } from '../aws/clients.ts';
import type { Config, Target } from '../config/config.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { unwritable } from '../state/private-file.ts';
import type { ListenersOf } from '../diagnosis/facts.ts';
import type { Report } from '../model/report.ts';
import { awsWaits, localWaits, type Waits } from '../engine/waits.ts';

/** The sandbox as a run sees it. Commands pass in the function that opens it, so that `lib/` does not depend on `sandbox/`. */
export interface SandboxHandle {
  readonly url: string;
  readonly pid: number;
  /** The folder of its state. */
  readonly folder: string;
  /** Whether this run started it. */
  readonly started: boolean;
  /** Whether a run started it in the background. */
  readonly background: boolean;
  /** The speed at which its rate limits refill, relative to AWS's speed; undefined when it has no rate limits. */
  readonly rateLimitFactor: number | undefined;
  /** What the user should know about it, e.g. that it runs as root. */
  readonly warnings?: readonly string[];
  /** What this machine cannot enforce about containers, and why. */
  readonly limitations?: readonly string[];
  resolve(name: string, port: number): Promise<{ readonly host: string; readonly port: number } | undefined>;
  /** Returns the authority that signs its certificates: its certificate in PEM, and the file that contains it. */
  authority(): Promise<{ readonly certificate: string; readonly file: string }>;
  /** Returns the name servers to which a zone's parent delegates the zone; empty when there is no delegation. */
  nameServers(zone: string): Promise<readonly string[]>;
  /**
   * Returns the addresses on which the containers of a task listen, or listened if they have ended; undefined when the
   * sandbox does not know the task.
   * @param taskId the last part of the task's ARN
   */
  listeners(taskId: string): Promise<readonly SandboxListener[] | undefined>;
  /** Whether it pulls images only from its own ECR. */
  readonly pullsOnlyFromEcr?: boolean;
  /**
   * Whether its machine lacks the OCI runtime that an image without Node needs.
   * @param image in the sandbox's registry; by default any image without Node
   */
  lacksRuntime?(image?: RegisteredImage): Promise<boolean>;
  census(): Promise<Readonly<Record<string, number>>>;
  /** Returns the number of requests to each target group since the sandbox started, by ARN. */
  requests?(): Promise<Readonly<Record<string, number>>>;
  /** Returns what its page shows: resources by kind, calls, faults and weather. */
  contents?(): Promise<object>;
  /** Changes the weather, adds faults, or removes all faults. @throws Error for an invalid setting */
  inject?(page: 'weather' | 'faults' | 'clear-faults', settings: unknown): Promise<void>;
  /** Whether its process is alive, even if it does not respond. */
  isAlive(): boolean;
  stop(): Promise<void>;
}

/** An image in the sandbox's registry, with the command that starts. */
export interface RegisteredImage {
  readonly reference: string;
  readonly region: string;
  /** Replaces the command of the image; empty for the image's own. */
  readonly command: readonly string[];
}

/** An address on which a container of a task listens or listened. */
export interface SandboxListener {
  readonly container: string;
  /** The address that the program requested: `0.0.0.0` or `::` for every address, `127.0.0.1` or `::1` for loopback only. */
  readonly host: string;
  /** The port as the task's programs see it; undefined for a Unix socket, whose path is `host`. */
  readonly port?: number | undefined;
  /** Whether a program of the container still listens on the address. */
  readonly isOpen: boolean;
}

/** Returns the function that looks up where tasks listen; undefined without a sandbox. */
export const listenersIn = (sandbox: SandboxHandle | undefined): ListenersOf | undefined =>
  sandbox &&
  (async (taskId) =>
    (await sandbox.listeners(taskId))?.map(({ container, host, port }) => ({
      container,
      address: host,
      port,
    })));

export type OpenSandbox = (options: {
  readonly port: number;
  readonly folder: string;
  readonly signal?: AbortSignal;
}) => Promise<SandboxHandle>;

export interface ConnectedTarget {
  readonly settings: ClientSettings;
  readonly waits: Waits;
  /** The endpoint as the state file names it: `sandbox`, `aws`, or a URL. */
  readonly endpointName: string;
  readonly sandbox: SandboxHandle | undefined;
}

const DEFAULT_PORT = 4566;

/** Returns the port of the sandbox. @throws ARGUMENTS when SLIPWAY_SANDBOX_PORT is not a port */
export function sandboxPort(env: NodeJS.ProcessEnv = process.env): number {
  const text = env['SLIPWAY_SANDBOX_PORT'];
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw problem('ARGUMENTS', {
    what: `SLIPWAY_SANDBOX_PORT is not a port: ${text}.`,
    why: 'A port is a whole number from 1 to 65535.',
    now: NOTHING_CHANGED,
    fix: ['export SLIPWAY_SANDBOX_PORT=4566, or unset it'],
  });
}

/** Returns AWS_ENDPOINT_URL for the target aws; undefined when it is not set, and for the sandbox. */
export const endpointOf = (target: Target): string | undefined =>
  target === 'aws' ? process.env['AWS_ENDPOINT_URL'] || undefined : undefined;

/**
 * Opens the target of a configuration.
 * @param folder the state folder of a sandbox that has to be started
 */
export async function connectTarget(
  { target, region }: Pick<Config, 'target' | 'region'>,
  folder: string,
  openSandbox: OpenSandbox,
  signal?: AbortSignal,
  report: Report = () => undefined,
): Promise<ConnectedTarget> {
  if (target === 'sandbox') {
    const port = sandboxPort();
    const sandbox = await openOrExplain(openSandbox, { port, folder, signal });
    // All users of a machine share one sandbox. That is intended, but the user should know.
    if (realPath(sandbox.folder) !== realPath(folder)) {
      const text = `the sandbox on port ${port} keeps its state in ${sandbox.folder}, not in ${folder}`;
      report({ type: 'note', text });
    }
    if (sandbox.started) reportCaveats(sandbox, report);
    const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
    return {
      settings: { region, endpoint: sandbox.url, credentials, rateLimitFactor: sandbox.rateLimitFactor },
      waits: localWaits,
      endpointName: 'sandbox',
      sandbox,
    };
  }
  const endpoint = endpointOf(target);
  return {
    // Emulators do not have AWS's rate limits.
    settings: { region, endpoint, rateLimitFactor: endpoint === undefined ? 1 : undefined },
    waits: endpoint === undefined ? awsWaits : localWaits,
    endpointName: endpoint ?? 'aws',
    sandbox: undefined,
  };
}

/** Reports what the user should know about a sandbox that this run has started. */
function reportCaveats({ warnings = [], limitations = [] }: SandboxHandle, report: Report): void {
  for (const text of warnings) report({ type: 'warning', text });
  for (const text of limitations) report({ type: 'note', text: `on this machine, ${text}` });
}

/** Resolves the links in a path, so that paths can be compared; returns it unchanged when it does not exist. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

async function openOrExplain(
  openSandbox: OpenSandbox,
  options: Parameters<OpenSandbox>[0],
): Promise<SandboxHandle> {
  try {
    return await openSandbox(options);
  } catch (error) {
    const { syscall = '' } = error as NodeJS.ErrnoException;
    if (['mkdir', 'open'].includes(syscall)) throw unwritable(options.folder, error);
    const isPortTaken = (error as { kind?: string }).kind === 'port taken';
    throw problem(isPortTaken ? 'SANDBOX_PORT' : 'SANDBOX_START', {
      what: isPortTaken ? `The sandbox cannot use port ${options.port}.` : 'The sandbox did not start.',
      why: error instanceof Error ? error.message : String(error),
      now: NOTHING_CHANGED,
      fix: isPortTaken
        ? ['Stop the process that uses the port, or choose another port: export SLIPWAY_SANDBOX_PORT=4567']
        : [
            `Read its log, ${options.folder}/sandbox.log.`,
            'or npm run sandbox, to see its output as it starts',
          ],
      cause: error,
    });
  }
}
