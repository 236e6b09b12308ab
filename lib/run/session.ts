/** A session: everything that a provision or a teardown opens before its first look, and closes at the end. */
import { messageOf } from '../aws/errors.ts';
import { awsClients } from '../aws/clients.ts';
import { systemClock, type Clock } from '../model/clock.ts';
import type { Config } from '../config/config.ts';
import type { Situation } from '../aws/explain.ts';
import { explainWithAllCauses } from './failures.ts';
import { trackRecentlyCreated } from '../aws/recently-created.ts';
import { openSessionBuilds } from './session-builds.ts';
import { singleFlight, recordedIn, type LookContext, type Desired } from '../look/context.ts';
import { namesOf } from '../derive/names.ts';
import type { Survey } from '../look/found.ts';
import type { Report } from '../model/report.ts';
import { redactedProblem, redactedReport, redactorFor } from './redact.ts';
import { readState } from '../state/read.ts';
import { openState } from '../state/state.ts';
import type { Lock } from '../state/lock.ts';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { closeEmptySandbox } from './close-sandbox.ts';
import { sandboxFolder } from './home.ts';
import { commandLine } from './command-line.ts';
import type { Options } from './options.ts';
import { configurationFileOf, filesOf, lockStack, readSavedState } from './saved-state.ts';
import type { Waits } from '../engine/waits.ts';
import type { Run } from './run.ts';
import { openConnection } from './connection.ts';
import { endpointOf, connectTarget, type OpenSandbox, type ConnectedTarget, listenersIn } from './target.ts';

export interface Session<Found = Survey> {
  readonly config: Config;
  readonly account: string;
  readonly connectedTarget: ConnectedTarget;
  readonly run: Run;
  /** The result of the survey that starts with the session. */
  readonly found: Promise<Found>;
  /** Returns the context of a new survey, with the desired stack. */
  lookContext(): LookContext & Desired;
  /** Converts an error to the problem to report. */
  explain(error: unknown): Error;
  /**
   * Stops the sandbox if it runs in the background and is empty, even if another run started it.
   * @returns whether it was stopped
   */
  closeSandbox(): Promise<boolean>;
  /**
   * Releases everything. If this run started the sandbox and nothing is left in it, the sandbox is stopped. Failing to stop it
   * only causes a warning, since the outcome of the run is more important.
   */
  close(): Promise<void>;
}

/** The dependencies of a session that a command supplies from outside of `lib/`. */
export interface SessionDependencies {
  readonly openSandbox: OpenSandbox;
  /** The configuration, which is already being loaded. */
  readonly config: Promise<Config>;
  /** The folder for state, locks and the sandbox; by default where `home.ts` says. */
  readonly home?: string;
  /** A clock other than the machine's, with the waits and the rate limits for that clock. */
  readonly time?: { readonly clock: Clock; readonly waits: Waits; readonly rateLimitFactor?: number };
}

export interface SessionOptions<Found = Survey> extends SessionDependencies {
  /** The command, e.g. `provision`. */
  readonly command: string;
  /** Whether the run only reads. Such a run takes no lock, so that it also works during another run on the stack. */
  readonly isReadOnly?: boolean;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** The first survey. It changes nothing, so it runs while the account is still being determined. */
  readonly survey: (lookContext: LookContext) => Promise<Found>;
  /** What the command does, for messages about failed calls; by default the survey. */
  readonly doing?: string;
}

/**
 * Opens a session: configuration, target, lock, state and identity, in this order. A failure closes what was opened.
 * @throws Problem
 */
export async function openSession<Found = Survey>(
  options: Options,
  sessionOptions: SessionOptions<Found>,
): Promise<Session<Found>> {
  const { command, signal, openSandbox, survey, isReadOnly = false } = sessionOptions;
  const { home: folder, time, doing = 'the survey of existing resources' } = sessionOptions;
  const config = await sessionOptions.config;
  // From here on, messages may contain foreign text, from AWS and from the programs that run there.
  const redact = redactorFor(config);
  const report = redactedReport(sessionOptions.report, redact);
  const explainRedacted = (error: unknown, about: Situation) =>
    redactedProblem(explainWithAllCauses(error, about), redact);
  const { clock } = time ?? { clock: systemClock };
  const names = namesOf(config);
  const { builds, endBuilds } = openSessionBuilds(config, command, options.service, {
    endpoint: endpointOf(config.target),
    report,
    signal,
    clock,
  });
  const connect = () => connectTarget(config, sandboxFolder(folder), openSandbox, signal, report);
  const connection = await openConnection(connect).catch(async (error: unknown) => {
    await endBuilds();
    throw error;
  });
  const { settings: targetSettings, waits: targetWaits } = connection.target();
  const { endpoint } = targetSettings;
  const situation: Situation = {
    doing: 'the check of the credentials',
    region: config.region,
    endpoint,
    command: commandLine(command, options),
    mayHaveChanged: false,
  };
  const recentlyCreated = trackRecentlyCreated(clock);
  const waits = time?.waits ?? targetWaits;
  const rateLimitFactor = time?.rateLimitFactor ?? targetSettings.rateLimitFactor;
  const settings = { ...targetSettings, rateLimitFactor };
  const aws = awsClients(settings, {
    clock,
    signal,
    constantDelayMs: waits.visible.every,
    recentlyCreated,
    onWait: (text) => report({ type: 'note', text }),
  });
  let lock: Lock | undefined;
  let closing: Promise<boolean> | undefined;
  const closeSandbox = () => (closing ??= closeEmptySandbox(connection.target().sandbox));
  const close = async (): Promise<void> => {
    aws.close();
    // A survey must not outlive the run, even if its result is not awaited.
    await connection.close();
    await endBuilds();
    // A run that created nothing leaves no sandbox behind. If this run has no lock, the sandbox belongs to the run that holds
    // the lock.
    if ((lock || isReadOnly) && connection.target().sandbox?.started && !closing) {
      const warn = (error: unknown) => report({ type: 'warning', text: messageOf(error) });
      await closeSandbox().catch(warn);
    }
    await lock?.release();
  };
  try {
    const stackOfRun = { stack: names.stack, command, folder, clock, report };
    if (!isReadOnly) lock = await lockStack(options, stackOfRun);
    const { file } = filesOf(options, stackOfRun);
    const savedState = isReadOnly ? await readState(file) : await readSavedState(options, stackOfRun);
    if (savedState?.changed !== undefined) recentlyCreated.treatAllAsCreatedAt(savedState.changed);
    const identity = connection.send(() => aws.sts(new GetCallerIdentityCommand({})));
    const recorded = recordedIn(savedState?.resources ?? {});
    const onlyService = command === 'deploy' ? options.service : undefined;
    const lookContext = (): LookContext => ({
      config,
      names,
      aws,
      builds,
      recorded,
      onlyService,
      shared: singleFlight(),
    });
    const found = connection.send(() => survey(lookContext()));
    // A failed survey is reported when it is awaited; a failure of the identity call takes precedence.
    found.catch(() => undefined);
    const { Account: account = '', Arn: caller = '' } = await identity;
    const guard = {
      stack: names.stack,
      account,
      region: config.region,
      endpoint: connection.target().endpointName,
    };
    const configurationFile = configurationFileOf(options);
    const state = await openState(file, guard, clock, {
      alreadyRead: savedState,
      configurationFile,
      isReadOnly,
    });
    return {
      config,
      account,
      get connectedTarget() {
        return connection.target();
      },
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
        get listenersOf() {
          return listenersIn(connection.target().sandbox);
        },
      },
      lookContext: () => ({
        ...lookContext(),
        account,
        caller,
        formerTags: state.data.tags?.filter((key) => !Object.hasOwn(config.tags, key)),
      }),
      explain: (error) => explainRedacted(error, { ...situation, doing }),
      closeSandbox,
      close,
    };
  } catch (error) {
    await close();
    throw explainRedacted(error, situation);
  }
}
