/** A session: everything a provision or a teardown opens before its first look, and closes at the end. */
import { messageOf } from '../aws/errors.ts';
import { awsClients } from '../aws/clients.ts';
import { systemClock, type Clock } from '../model/clock.ts';
import type { Config } from '../config/config.ts';
import { explain, type Situation } from '../aws/explain.ts';
import { trackRecentlyCreated } from '../aws/recently-created.ts';
import { startBuilds, openBuilds } from '../image/open-builds.ts';
import { singleFlight, recordedIn, type LookContext, type Desired } from '../look/context.ts';
import { namesOf } from '../derive/names.ts';
import type { Survey } from '../look/found.ts';
import type { Report } from '../model/report.ts';
import { redactedProblem, redactedReport, redactorFor } from './redact.ts';
import { openState, readState } from '../state/state.ts';
import { takeLock, type Lock } from '../state/lock.ts';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { closeEmptySandbox } from './close-sandbox.ts';
import { home, lockFile, sandboxFolder, stateFile } from './home.ts';
import { commandLine, type Options } from './options.ts';
import type { Waits } from '../engine/waits.ts';
import type { Run } from './run.ts';
import { endpointOf, connectTarget, type OpenSandbox, type OpenTarget } from './target.ts';

export interface Session {
  readonly config: Config;
  readonly account: string;
  readonly openTarget: OpenTarget;
  readonly run: Run;
  /** What the survey found that was begun at once. */
  readonly found: Promise<Survey>;
  /** The surroundings of a new survey, and what is known before it. */
  lookContext(): LookContext & Desired;
  /** The problem that an error is. */
  explain(error: unknown): Error;
  /** Stops the sandbox when nothing is left in it, whoever started it in the background. @returns whether it did */
  closeSandbox(): Promise<boolean>;
  /**
   * Gives everything back, and stops a sandbox that this run started and has nothing in it; one that does not stop is a
   * warning, since why a run ends comes first.
   */
  close(): Promise<void>;
}

/** What a command reaches outside of `lib/`. */
export interface SessionDependencies {
  readonly openSandbox: OpenSandbox;
  /** The configuration: its reading has begun. */
  readonly config: Promise<Config>;
  /** Where state and locks are kept, when not in the usual folder. */
  readonly home?: string;
  /** Another time than the machine's, and how long AWS takes by it. */
  readonly time?: { readonly clock: Clock; readonly waits: Waits; readonly limits?: number };
}

export interface SessionOptions extends SessionDependencies {
  /** `provision` or `teardown`. */
  readonly command: string;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** The first survey. It only looks, so it is under way while AWS is still asked whose account this is. */
  readonly survey: (lookContext: LookContext) => Promise<Survey>;
}

/**
 * Opens a session: configuration, place, lock, state and identity, in this order; whatever fails closes what was opened.
 * @throws Problem
 */
export async function openSession(options: Options, surroundings: SessionOptions): Promise<Session> {
  const { command, signal, openSandbox, survey } = surroundings;
  const { home: homeFolder = home(), time } = surroundings;
  const config = await surroundings.config;
  // From here on others speak: AWS, and the programs that run in it.
  const redact = redactorFor(config);
  const report = redactedReport(surroundings.report, redact);
  const explained = (error: unknown, about: Situation) => redactedProblem(explain(error, about), redact);
  const { clock } = time ?? { clock: systemClock };
  const names = namesOf(config);
  const builds = openBuilds(config, { endpoint: endpointOf(config.target), report });
  // Images are made while the sandbox starts.
  if (command !== 'teardown') startBuilds(config, builds);
  const target = await connectTarget(config, sandboxFolder(homeFolder), openSandbox, signal, report);
  const { endpoint } = target.settings;
  const situation: Situation = {
    doing: 'the first call',
    region: config.region,
    endpoint,
    command: commandLine(command, options),
    changing: false,
  };
  const recentlyCreated = trackRecentlyCreated(clock);
  const waits = time?.waits ?? target.waits;
  const settings = { ...target.settings, limits: time?.limits ?? target.settings.limits };
  const aws = awsClients(settings, {
    clock,
    signal,
    every: waits.visible.every,
    recentlyCreated: recentlyCreated,
    onWait: (text) => report({ type: 'note', text }),
  });
  let lock: Lock | undefined;
  let closing: Promise<boolean> | undefined;
  const closeSandbox = () => (closing ??= closeEmptySandbox(target.sandbox));
  const close = async (): Promise<void> => {
    aws.close();
    // A run that made nothing leaves no sandbox behind; one that has not the lock leaves it to who has.
    if (lock && target.sandbox?.started && !closing) {
      const failed = (error: unknown) => report({ type: 'warning', text: messageOf(error) });
      await closeSandbox().catch(failed);
    }
    await lock?.release();
  };
  try {
    lock = await takeLock(lockFile(options.stage, homeFolder), `npm run ${command}`, clock);
    if (lock.takenOverFrom) {
      report({
        type: 'warning',
        text: `Took over the lock of a run that is no longer alive: ${lock.takenOverFrom}.`,
      });
    }
    const file = stateFile(options.stage, homeFolder);
    const before = await readState(file);
    if (before?.changed !== undefined) recentlyCreated.assumeAllCreatedUntil(before.changed);
    const identity = aws.sts(new GetCallerIdentityCommand({}));
    const recorded = recordedIn(before?.resources ?? {});
    const lookContext = (): LookContext => ({ config, names, aws, builds, recorded, shared: singleFlight() });
    const found = survey(lookContext());
    // A failure is told when it is waited for, and that of the first call goes before.
    found.catch(() => undefined);
    const { Account: account = '' } = await identity;
    const guard = { stack: names.stack, account, region: config.region, endpoint: target.endpointName };
    const state = await openState(file, guard, clock, before);
    return {
      config,
      account,
      openTarget: target,
      found,
      run: {
        command: commandLine(command, options),
        region: config.region,
        endpoint,
        clock,
        signal,
        waits,
        report,
        state,
        waitUntilReady: options.wait,
      },
      lookContext: () => ({
        ...lookContext(),
        account,
        formerTags: state.data.tags?.filter((key) => !Object.hasOwn(config.tags, key)),
      }),
      explain: (error) => explained(error, { ...situation, doing: 'the look at what there is' }),
      closeSandbox,
      close,
    };
  } catch (error) {
    await close();
    throw explained(error, situation);
  }
}
