/** Brings up the stack that is worked on: provisions it if it does not run, or not with this configuration. */
import { awsClients } from '../lib/aws/clients.ts';
import { trackRecentlyCreated } from '../lib/aws/recently-created.ts';
import type { Config } from '../lib/config/config.ts';
import { namesOf } from '../lib/derive/names.ts';
import { singleFlight } from '../lib/look/context.ts';
import { describeSharedBalancer } from '../lib/look/shared-balancer.ts';
import { systemClock } from '../lib/model/clock.ts';
import { ONLY } from '../lib/model/resources.ts';
import { sandboxFolder, stackFiles, stateFolder } from '../lib/run/home.ts';
import type { CommandContext } from '../lib/run/main.ts';
import type { Options } from '../lib/run/options.ts';
import { connectTarget, sandboxPort, type ConnectedTarget } from '../lib/run/target.ts';
import { readState } from '../lib/state/read.ts';
import type { AllIds } from '../provision/context.ts';
import { publicAddress } from '../provision/done/url.ts';
import { fingerprint } from '../provision/drift.ts';
import { provision } from '../provision/run.ts';
import type { StartOptions } from '../sandbox/client.ts';
import type { SandboxClient } from '../sandbox/running-sandbox.ts';

/** The means to find and to start the sandbox, and the folder of the state. */
export interface StackDependencies {
  readonly findSandbox: (port: number, signal?: AbortSignal) => Promise<SandboxClient | undefined>;
  readonly openSandbox: (options: StartOptions) => Promise<SandboxClient>;
  readonly home?: string;
}

/** A stack that runs. */
export interface RunningStack {
  readonly config: Config;
  readonly sandbox: SandboxClient;
  /** The ARN of each service, by its name in the configuration. */
  readonly serviceArns: ReadonlyMap<string, string>;
  readonly url: string | undefined;
}

/** Whether there was a stack, or a sandbox, before. */
export interface Before {
  readonly hadStack: boolean;
  readonly hadSandbox: boolean;
}

const filesOf = (config: Config, { config: file }: Pick<Options, 'config'>, home: string | undefined) =>
  stackFiles(namesOf(config).stack, home ?? stateFolder(file));

/** Returns what there is before anything is started. */
export async function stateBefore(
  config: Config,
  { options, signal }: Pick<CommandContext, 'options' | 'signal'>,
  { findSandbox, home }: StackDependencies,
): Promise<Before> {
  const state = await readState(filesOf(config, options, home).file);
  const { resources = {}, intents = {} } = state ?? {};
  // Someone else on the port is explained when the sandbox is opened.
  const sandbox = await findSandbox(sandboxPort(), signal).catch(() => undefined);
  return {
    hadStack: Object.keys({ ...resources, ...intents }).length > 0,
    hadSandbox: sandbox !== undefined,
  };
}

/**
 * Brings up a stack. A stack that runs with this configuration is left as it is, whichever versions of the programs are deployed.
 * @throws the problem of the provision
 */
export async function bringUpStack(
  config: Config,
  invocation: CommandContext,
  dependencies: StackDependencies,
  { hadSandbox }: Pick<Before, 'hadSandbox'>,
): Promise<RunningStack> {
  const { options, report, signal } = invocation;
  const { openSandbox, home } = dependencies;
  const { file } = filesOf(config, options, home);
  const recorded = await readState(file);
  const isCurrent =
    recorded?.configuration === fingerprint(config) &&
    recorded.endpoint === 'sandbox' &&
    Object.keys(recorded.intents).length === 0;
  if (!isCurrent || !hadSandbox) {
    const loaded = Promise.resolve(config);
    const provisionOptions = { ...options, yes: true };
    await provision(
      { ...invocation, options: provisionOptions },
      { openSandbox, config: loaded, ...(home !== undefined && { home }) },
    );
  }
  const { resources = {} } = (await readState(file)) ?? {};
  let sandbox: SandboxClient | undefined;
  const open = async (startOptions: StartOptions) => (sandbox = await openSandbox(startOptions));
  const target = await connectTarget(config, sandboxFolder(home), open, signal, report);
  const balancer = config.loadBalancer
    ? await lookBalancerOfOthers(config, target, signal)
    : resources['loadBalancer'];
  const ids = { loadBalancer: new Map(balancer && [[ONLY, balancer]]) } as unknown as AllIds;
  const address = balancer && (await publicAddress(config, target, ids));
  // A service that was replaced has a key with a number, such as `shop~2`.
  const serviceArns = Object.entries(resources).flatMap(([resource, ids]) => {
    const [, name] = /^services\.([^~]+)/.exec(resource) ?? [];
    return name === undefined ? [] : [[name, ids['serviceArn'] ?? ''] as const];
  });
  if (!sandbox) throw new Error('The sandbox was not opened.');
  return { config, sandbox, serviceArns: new Map(serviceArns), url: address?.url };
}

/** Returns the name of a load balancer of someone else, which no state file records; undefined if it does not exist. */
async function lookBalancerOfOthers(
  config: Config,
  { settings }: Pick<ConnectedTarget, 'settings'>,
  signal: AbortSignal,
): Promise<{ readonly dnsName: string } | undefined> {
  const clock = systemClock;
  const aws = awsClients(settings, { clock, signal, recentlyCreated: trackRecentlyCreated(clock) });
  try {
    const { balancer } = await describeSharedBalancer({ aws, config, shared: singleFlight() });
    return balancer && { dnsName: balancer.DNSName ?? '' };
  } finally {
    aws.close();
  }
}
