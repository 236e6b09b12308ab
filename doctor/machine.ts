/** Checks of this machine: its Node, its clock, its container engine, and the ports of the sandbox. */
import { createServer } from 'node:net';
import { messageOf } from '../lib/aws/errors.ts';
import { containersOf, type Config } from '../lib/config/config.ts';
import { partitionOf } from '../lib/derive/partitions.ts';
import { ENGINES, findEngine, type Engine } from '../lib/image/engine.ts';
import type { ConnectedTarget } from '../lib/run/target.ts';
import { NeedsOther, no, ok, skipped, warning, type Check, type Verdict } from './check.ts';

/** The facts of the machine; a test supplies its own. */
export interface Machine {
  /** The version of Node, e.g. `v20.20.2`. */
  readonly nodeVersion: string;
  /** Milliseconds since 1970 according to the machine's own clock, which may be wrong. */
  now(): number;
  /** Returns the header `Date` of an answer, which may be a refusal. @throws an error if there is no answer */
  fetchDate(url: string, signal: AbortSignal): Promise<string | null>;
  findEngine(): Promise<Engine | undefined>;
  /** Whether a program could listen on a port of the loopback address. */
  isPortFree(port: number): Promise<boolean>;
}

export const thisMachine: Machine = {
  nodeVersion: process.version,
  // The clock of a run is monotonic, and so does not follow a change of the machine's clock.
  now: () => Date.now(),
  async fetchDate(url, signal) {
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    return answer.headers.get('date');
  },
  findEngine,
  isPortFree: (port) =>
    new Promise((resolve) => {
      const server = createServer()
        .once('error', () => resolve(false))
        .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    }),
};

/** The oldest version of Node that Slipway supports, as in package.json. */
const MIN_NODE = [20, 19] as const;

export function checkNode({ nodeVersion }: Pick<Machine, 'nodeVersion'>): Verdict {
  const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)\./.exec(nodeVersion) ?? []).map(Number);
  const isEnough = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  return isEnough
    ? ok(nodeVersion)
    : no(
        `Slipway needs ${MIN_NODE.join('.')} or newer, and this is ${nodeVersion}.`,
        'Install a newer Node, e.g. from https://nodejs.org.',
      );
}

/**
 * AWS refuses a request whose time differs by more than five minutes from its own.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
const MAX_SKEW_S = 300;
/** From this difference on, a correction is worthwhile. */
const NOTABLE_SKEW_S = 60;

/** Errors of TLS that a wrong clock causes: the certificate seems to be expired, or not to be valid yet. */
const CERTIFICATE_TIME = /CERT_(HAS_EXPIRED|NOT_YET_VALID)/;

const CLOCK_FIX =
  'Set the clock of this machine: sudo timedatectl set-ntp true, or on macOS sudo sntp -sS time.apple.com';

/** Compares the clock with the time of an answer of AWS. */
export async function checkClock(
  { now, fetchDate }: Pick<Machine, 'now' | 'fetchDate'>,
  url: string,
  signal: AbortSignal,
): Promise<Verdict> {
  const before = now();
  let header: string | null;
  try {
    header = await fetchDate(url, signal);
  } catch (error) {
    const { code = '' } = ((error as Error).cause ?? error) as { code?: string };
    if (CERTIFICATE_TIME.test(code))
      return no(`The certificate of ${url} is not valid at the time of this machine (${code}).`, CLOCK_FIX);
    throw new NeedsOther(`${url} does not answer: ${messageOf((error as Error).cause ?? error)}`);
  }
  const answered = Date.parse(header ?? '');
  if (Number.isNaN(answered)) return skipped(`the answer of ${url} has no date`);
  // The answer was written between the two times, and its date has whole seconds.
  const middle = (before + now()) / 2;
  const seconds = Math.round((middle - answered - 500) / 1000);
  const size = durationText(Math.abs(seconds));
  const text = `The clock of this machine is ${size} ${seconds > 0 ? 'ahead of' : 'behind'} that of AWS.`;
  if (Math.abs(seconds) > MAX_SKEW_S)
    return no(`${text} AWS refuses requests that differ by more than five minutes.`, CLOCK_FIX);
  return Math.abs(seconds) >= NOTABLE_SKEW_S ? warning(text, CLOCK_FIX) : ok(`${size} off`);
}

const durationText = (seconds: number): string =>
  seconds < 120
    ? `${seconds} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`;

/** The address that answers any request with the time of AWS, even without credentials. */
export const clockUrl = (region: string, endpoint: string | undefined): string =>
  endpoint ?? `https://sts.${region}.${partitionOf(region).dnsSuffix}/`;

/** Checks the container engine, if an image is built with one. */
export async function checkEngine(
  { findEngine }: Pick<Machine, 'findEngine'>,
  config: Config,
): Promise<Verdict> {
  const built = containersOf(config).filter(({ image }) => 'source' in image);
  const needing = config.builder === 'docker' ? built : built.filter(({ lacksNode }) => lacksNode);
  const names = needing.map(({ name }) => name).join(', ');
  if (needing.length === 0) return skipped('no image is built with a container engine');
  const engine = await findEngine();
  return engine === undefined
    ? no(
        `None of ${ENGINES.join(', ')} answers, and the ${needing.length === 1 ? 'image' : 'images'} of ${names} cannot be built without.`,
        'Install and start one of them, e.g. podman,',
        'or name an image that is built elsewhere: image instead of source',
      )
    : ok(`${engine}, for ${names}`);
}

/** The port on which the sandbox opens the first listener of a load balancer. */
const httpPortOf = (env: NodeJS.ProcessEnv): number => Number(env['SLIPWAY_SANDBOX_HTTP_PORT'] || 8080);

/** Reports where the sandbox answers, and whether another program has the port of its load balancers. */
export async function checkSandbox(
  { isPortFree }: Pick<Machine, 'isPortFree'>,
  { sandbox }: ConnectedTarget,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Verdict[]> {
  if (!sandbox) return [];
  const answers = { ...ok(`${sandbox.url}, with its state in ${sandbox.folder}`), name: 'sandbox' };
  const limitations = (sandbox.limitations ?? []).map((text) => ({
    ...warning(`On this machine, ${text}.`),
    name: 'sandbox',
  }));
  const port = httpPortOf(env);
  const balancers = (await sandbox.census())['elbv2.loadBalancers'] ?? 0;
  const isTaken = balancers === 0 && port > 0 && !(await isPortFree(port));
  const http = isTaken
    ? warning(
        `Another program uses port ${port}, so a load balancer gets the next free port.`,
        'Stop that program, or choose another port: export SLIPWAY_SANDBOX_HTTP_PORT=8081',
      )
    : ok(balancers > 0 ? `port ${port} belongs to a load balancer of the sandbox` : `port ${port} is free`);
  return [answers, ...limitations, { ...http, name: 'http port' }];
}

/** Returns the checks of the machine that need no target. */
export const machineChecks = (machine: Machine, config: Config | undefined, url: string): Check[] => [
  { group: 'machine', name: 'node', run: async () => checkNode(machine) },
  { group: 'machine', name: 'clock', run: (signal) => checkClock(machine, url, signal) },
  {
    group: 'machine',
    name: 'engine',
    run: async () => (config ? checkEngine(machine, config) : skipped('needs a valid configuration')),
  },
];
