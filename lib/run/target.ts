/** Where a run works: the sandbox or AWS, with which clients and how patiently. */
import { realpathSync } from 'node:fs';
import type { ClientSettings } from '../aws/clients.ts';
import type { Config, Target } from '../config/config.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { unwritable } from '../state/private-file.ts';
import type { Report } from '../model/report.ts';
import { awsWaits, localWaits, type Waits } from '../engine/waits.ts';

/** The sandbox as a run sees it; the door to it is handed in, so that `lib/` knows nothing of `sandbox/`. */
export interface SandboxHandle {
  readonly url: string;
  readonly pid: number;
  /** Where it keeps its state. */
  readonly folder: string;
  readonly started: boolean;
  readonly background: boolean;
  /** How many times faster than AWS's its rate limits fill again; undefined when it has none. */
  readonly limits: number | undefined;
  resolve(name: string, port: number): Promise<{ readonly host: string; readonly port: number } | undefined>;
  census(): Promise<Readonly<Record<string, number>>>;
  /** Whether its process lives, whatever it answers. */
  isAlive(): boolean;
  stop(): Promise<void>;
}
export type OpenSandbox = (options: {
  readonly port: number;
  readonly folder: string;
  readonly signal?: AbortSignal;
}) => Promise<SandboxHandle>;

export interface OpenTarget {
  readonly settings: ClientSettings;
  readonly waits: Waits;
  /** The endpoint as the state file names it: `sandbox`, `aws`, or a URL. */
  readonly endpointName: string;
  readonly sandbox: SandboxHandle | undefined;
}

const DEFAULT_PORT = 4566;

/** The port of the sandbox. @throws ARGUMENTS when SLIPWAY_SANDBOX_PORT is not a port */
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

/** Another endpoint than AWS's own, as the variable says; undefined when there is none, and for the sandbox. */
export const endpointOf = (target: Target): string | undefined =>
  target === 'aws' ? process.env['AWS_ENDPOINT_URL'] || undefined : undefined;

/**
 * Opens the place that a configuration names.
 * @param folder where a sandbox that is started keeps its state
 */
export async function connectTarget(
  { target, region }: Pick<Config, 'target' | 'region'>,
  folder: string,
  openSandbox: OpenSandbox,
  signal?: AbortSignal,
  report: Report = () => undefined,
): Promise<OpenTarget> {
  if (target === 'sandbox') {
    const port = sandboxPort();
    const sandbox = await openOrExplain(openSandbox, { port, folder, signal });
    // One sandbox serves everyone on this machine: that is as it should be, and worth a word.
    if (realPath(sandbox.folder) !== realPath(folder)) {
      const text = `the sandbox on port ${port} keeps its state in ${sandbox.folder}, not in ${folder}`;
      report({ type: 'note', text });
    }
    const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
    return {
      settings: { region, endpoint: sandbox.url, credentials, limits: sandbox.limits },
      waits: localWaits,
      endpointName: 'sandbox',
      sandbox,
    };
  }
  const endpoint = endpointOf(target);
  return {
    // Of what is not the sandbox, only AWS itself has AWS's rate limits.
    settings: { region, endpoint, limits: endpoint === undefined ? 1 : undefined },
    waits: endpoint === undefined ? awsWaits : localWaits,
    endpointName: endpoint ?? 'aws',
    sandbox: undefined,
  };
}

/** The path without links, so that two ways to write it are one; as it is, when nothing is there. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

async function openOrExplain(open: OpenSandbox, options: Parameters<OpenSandbox>[0]): Promise<SandboxHandle> {
  try {
    return await open(options);
  } catch (error) {
    const { syscall = '' } = error as NodeJS.ErrnoException;
    if (['mkdir', 'open'].includes(syscall)) throw unwritable(options.folder, error);
    const taken = (error as { kind?: string }).kind === 'port taken';
    throw problem(taken ? 'SANDBOX_PORT' : 'SANDBOX_START', {
      what: taken ? `The sandbox cannot use port ${options.port}.` : 'The sandbox did not start.',
      why: error instanceof Error ? error.message : String(error),
      now: NOTHING_CHANGED,
      fix: taken
        ? ['Stop what uses the port, or choose another: export SLIPWAY_SANDBOX_PORT=4567']
        : [`Its log is ${options.folder}/sandbox.log.`, 'npm run sandbox, to see it start'],
      cause: error,
    });
  }
}
