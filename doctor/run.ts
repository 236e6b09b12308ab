/** Runs `npm run doctor`: checks everything that a provision needs, and changes nothing. */
import { resolve } from 'node:path';
import type { Situation } from '../lib/aws/explain.ts';
import { messageOf } from '../lib/aws/errors.ts';
import { CONFIG_FILE, type Config } from '../lib/config/config.ts';
import { namesOf } from '../lib/derive/names.ts';
import { lookAvailabilityZones } from '../lib/look/subnets.ts';
import { systemClock } from '../lib/model/clock.ts';
import { closeEmptySandbox } from '../lib/run/close-sandbox.ts';
import { commandLine } from '../lib/run/command-line.ts';
import type { CheckState, DoctorCheck, DoctorResult } from '../lib/run/doctor-results.ts';
import { sandboxFolder, stackFiles, stateFolder } from '../lib/run/home.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { redactorFor } from '../lib/run/redact.ts';
import type { SessionDependencies } from '../lib/run/session.ts';
import { connectTarget, endpointOf, type ConnectedTarget } from '../lib/run/target.ts';
import { readState } from '../lib/state/read.ts';
import { accountChecks } from './account.ts';
import { NeedsOther, runChecks, type Check } from './check.ts';
import { clientsFor, findAccount, lookContextFor, planFor } from './facts.ts';
import { checkSandbox, clockUrl, machineChecks, thisMachine, type Machine } from './machine.ts';
import { domainChecks } from './domain.ts';
import { stackChecks } from './stack.ts';
import { treeText } from './tree.ts';

/** The dependencies of the doctor; a test supplies its own machine. */
export interface DoctorDependencies extends Pick<
  SessionDependencies,
  'openSandbox' | 'config' | 'home' | 'time'
> {
  readonly machine?: Machine;
}

/** The region whose time is asked for if the configuration names none. */
const ANY_REGION = 'us-east-1';
const NEEDS_CONFIGURATION = 'needs a valid configuration';

/**
 * Does what `npm run doctor` does, and returns what to print. The exit code is 1 if a check says NO.
 * @throws the signal's reason
 */
export async function doctor(
  { options, report, signal }: CommandContext,
  { openSandbox, config: pendingConfig, home: folder, time, machine = thisMachine }: DoctorDependencies,
): Promise<CommandResult<DoctorResult>> {
  report({ type: 'activity', text: 'checking' });
  const loaded = await pendingConfig.catch((error: unknown) => {
    signal.throwIfAborted();
    return { error };
  });
  const config = 'error' in loaded ? undefined : loaded;
  const { clock } = time ?? { clock: systemClock };
  const region = config?.region ?? (process.env['AWS_REGION'] || ANY_REGION);
  const situation: Situation = {
    ...{ doing: 'a check', region, endpoint: endpointOf(options.target) },
    ...{ command: commandLine('doctor', options), mayHaveChanged: false },
  };
  const clients = { clock, signal, report };
  const connected = connectTarget(
    { target: options.target, region },
    sandboxFolder(folder),
    openSandbox,
    signal,
    report,
  );
  const target = afterOther(connected, 'needs the sandbox');
  const aws = target.then((found) => clientsFor(found, clients));
  const needed = orNeeds(config);
  const account = aws.then(async (found) => findAccount(found, (await target).settings));
  const accepted = afterOther(account, 'needs credentials that AWS accepts');
  const file = stackFiles(config ? namesOf(config).stack : '', folder ?? stateFolder(options.config)).file;
  const state = readState(file);
  const context = needed.then(async (valid) => {
    await accepted;
    const resources = (await state.catch(() => undefined))?.resources ?? {};
    return lookContextFor(valid, await aws, clients, resources);
  });
  const surveyed = context.then(async (found) =>
    planFor(found, await account, await lookAvailabilityZones(found)),
  );
  const planned = afterOther(surveyed, 'needs a look at the existing resources');
  // Each check that needs a fact reports its failure.
  for (const fact of [aws, account, state, context, surveyed]) fact.catch(() => undefined);
  const checks: Check[] = [
    ...machineChecks(machine, config, clockUrl(region, await endpointFor(target, options.target))),
    ...(options.target === 'sandbox' ? [sandboxCheck(connected, machine)] : []),
    ...stackChecks({
      ...{ loaded, file: resolve(options.config ?? CONFIG_FILE), planned, target },
      describeState: async () => {
        const count = Object.keys((await state)?.resources ?? {}).length;
        return (await state) === undefined ? 'none yet' : `${file}, ${count} resources`;
      },
    }),
    ...accountChecks({ account, context, planned, surveyed, situation, now: () => clock.now() }),
    ...(config?.domain ? domainChecks(planned, target) : []),
  ];
  try {
    const outcomes = await runChecks(checks, { situation, signal, redact: redactorFor(config ?? NO_CONFIG) });
    const caller = await account.catch(() => undefined);
    return resultOf(outcomes, {
      target: options.target,
      stack: config ? namesOf(config).stack : null,
      region: config?.region ?? null,
      account: caller?.account ?? null,
    });
  } finally {
    (await aws.catch(() => undefined))?.close();
    await Promise.allSettled([account, context, planned]);
    await closeIfStarted(connected, (text) => report({ type: 'warning', text }));
  }
}

/** Stops an empty sandbox that this run has started. */
async function closeIfStarted(
  connected: Promise<ConnectedTarget>,
  warn: (text: string) => void,
): Promise<void> {
  const { sandbox } = (await connected.catch(() => undefined)) ?? {};
  if (!sandbox?.started) return;
  await closeEmptySandbox(sandbox).catch((error: unknown) => warn(messageOf(error)));
}

/** Enough of a configuration to hide the keys of the account. */
const NO_CONFIG = { name: '', stage: '', services: [] } as unknown as Config;

/** Returns the configuration, for checks that need it. @throws NeedsOther */
const orNeeds = async (config: Config | undefined): Promise<Config> => {
  if (config) return config;
  throw new NeedsOther(NEEDS_CONFIGURATION);
};

/** Names what is missing, for all checks but the one that reports the failure. */
const afterOther = <T>(fact: Promise<T>, why: string): Promise<T> => {
  const named = fact.catch((error: unknown) => {
    throw error instanceof NeedsOther ? error : new NeedsOther(why);
  });
  named.catch(() => undefined);
  return named;
};

/** Returns the endpoint that tells the time; undefined for AWS. */
async function endpointFor(
  target: Promise<ConnectedTarget>,
  kind: 'sandbox' | 'aws',
): Promise<string | undefined> {
  if (kind === 'aws') return endpointOf(kind);
  return (await target.catch(() => undefined))?.settings.endpoint;
}

const sandboxCheck = (connected: Promise<ConnectedTarget>, machine: Machine): Check => ({
  ...{ group: 'machine', name: 'sandbox' },
  run: async () => checkSandbox(machine, await connected),
});

function resultOf(
  checks: readonly DoctorCheck[],
  stackInfo: Pick<DoctorResult, 'target' | 'stack' | 'region' | 'account'>,
): CommandResult<DoctorResult> {
  const count = (state: CheckState) => checks.filter((check) => check.state === state).length;
  const counts = { ok: count('ok'), no: count('no'), warning: count('warning'), skipped: count('skipped') };
  const healthy = counts.no === 0;
  return {
    exitCode: healthy ? 0 : 1,
    hasObstacles: !healthy,
    text: treeText({ checks, counts }),
    json: { ...stackInfo, checks, counts, healthy },
  };
}
