/** A session: everything a provision or a teardown opens before its first look, and closes at the end. */
import { awsClients } from '../clients.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { explain, type Situation } from '../explain.ts';
import { openBuilds } from '../image/open-builds.ts';
import { oneFlight, recordedIn, type See } from '../look/see.ts';
import { namesOf } from '../names.ts';
import type { Report } from '../report.ts';
import { veiledProblem, veiledReport, veilOf } from '../secrets.ts';
import { openState } from '../state/state.ts';
import { takeLock } from '../state/lock.ts';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { lockFile, sandboxFolder, stateFile } from './home.ts';
import { typed, type Options } from './options.ts';
import type { Run } from './run.ts';
import { openPlace, type OpenSandbox, type Place } from './target.ts';

export interface Session {
  readonly config: Config;
  readonly account: string;
  readonly place: Place;
  readonly run: Run;
  /** The surroundings of a new survey. */
  see(): See;
  /** The problem that an error is. */
  explain(error: unknown): Error;
  close(): Promise<void>;
}

/** What a command reaches outside of `lib/`. */
export interface Outside {
  readonly openSandbox: OpenSandbox;
  /** How the configuration is read, when not from a file. */
  readonly load?: typeof loadConfig;
}

export interface Surroundings extends Outside {
  /** `provision` or `teardown`. */
  readonly command: string;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Opens a session: configuration, place, identity, lock, state, in this order; whatever fails closes what was opened.
 * @throws Problem
 */
export async function openSession(options: Options, surroundings: Surroundings): Promise<Session> {
  const { command, signal, openSandbox, load = loadConfig } = surroundings;
  const config = await load({
    file: options.config,
    stage: options.stage,
    target: options.target,
    builder: options.builder,
    signal,
  });
  // From here on others speak: AWS, and the programs that run in it.
  const veil = veilOf(config);
  const report = veiledReport(surroundings.report, veil);
  const told = (error: unknown, about: Situation) => veiledProblem(explain(error, about), veil);
  const clock = systemClock;
  const names = namesOf(config);
  const place = await openPlace(config, sandboxFolder(), openSandbox, signal, report);
  const { endpoint } = place.settings;
  const situation: Situation = {
    doing: 'the first call',
    region: config.region,
    endpoint,
    command: typed(command, options),
    changing: false,
  };
  const aws = awsClients(place.settings, {
    clock,
    signal,
    onWait: (text) => report({ type: 'note', text }),
  });
  const closing: (() => unknown)[] = [() => aws.close()];
  const close = async () => {
    for (const one of closing.reverse()) await one();
  };
  try {
    const builds = openBuilds(config, {
      endpoint: config.target === 'aws' ? endpoint : undefined,
      report,
    });
    const lock = await takeLock(lockFile(options.stage), `npm run ${command}`, clock);
    closing.push(() => lock.release());
    if (lock.takenOverFrom) {
      report({
        type: 'warning',
        text: `Took over the lock of a run that is no longer alive: ${lock.takenOverFrom}.`,
      });
    }
    const { Account: account = '' } = await aws.sts(new GetCallerIdentityCommand({}));
    const guard = { stack: names.stack, account, region: config.region, endpoint: place.endpointName };
    const state = await openState(stateFile(options.stage), guard, clock);
    const recorded = recordedIn(state.data.resources);
    return {
      config,
      account,
      place,
      run: {
        command: typed(command, options),
        region: config.region,
        endpoint,
        clock,
        signal,
        waits: place.waits,
        report,
        state,
        patient: options.wait,
      },
      see: () => ({ config, names, aws, account, builds, recorded, once: oneFlight() }),
      explain: (error) => told(error, { ...situation, doing: 'the look at what there is' }),
      close,
    };
  } catch (error) {
    await close();
    throw told(error, situation);
  }
}
