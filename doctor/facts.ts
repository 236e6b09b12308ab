/** The facts that several checks share: the connection, the caller, and what a provision would create. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsClients, type Aws } from '../lib/aws/clients.ts';
import { isAccessDenied, messageOf } from '../lib/aws/errors.ts';
import { trackRecentlyCreated } from '../lib/aws/recently-created.ts';
import type { Config } from '../lib/config/config.ts';
import { namesOf } from '../lib/derive/names.ts';
import { survey } from '../lib/engine/survey.ts';
import { openBuilds } from '../lib/image/open-builds.ts';
import { recordedIn, singleFlight, type Desired, type LookContext } from '../lib/look/context.ts';
import { sizeOfStack } from '../lib/look/stack.ts';
import type { Survey } from '../lib/look/found.ts';
import { nouns, nounsToTearDown } from '../lib/model/architecture.ts';
import type { Change } from '../lib/model/change.ts';
import type { Clock } from '../lib/model/clock.ts';
import type { Report } from '../lib/model/report.ts';
import { endpointOf, type ConnectedTarget } from '../lib/run/target.ts';
import type { StateData } from '../lib/state/format.ts';
import { diffAll } from '../provision/plan.ts';

/** The caller. */
export interface Account {
  readonly account: string;
  /** The ARN. */
  readonly caller: string;
  /** When the credentials expire, milliseconds since 1970; undefined if they do not. */
  readonly expires: number | undefined;
}

/** The changes that a provision would make. */
export interface Planned {
  readonly context: LookContext & Desired;
  readonly changes: readonly Change[];
  /** The number of resources of the stack that exist. */
  readonly existing: number;
  /** Why the existing resources are unknown; the changes then create everything. */
  readonly unreadable: string | undefined;
  /** The availability zone of the NAT gateway. */
  readonly zone: string | undefined;
}

/** The circumstances of the clients. */
export interface ClientContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** Opens the clients of a target. */
export const clientsFor = (
  { settings, waits }: Pick<ConnectedTarget, 'settings' | 'waits'>,
  { clock, signal, report }: ClientContext,
): Aws =>
  awsClients(settings, {
    clock,
    signal,
    constantDelayMs: waits.visible.every,
    recentlyCreated: trackRecentlyCreated(clock),
    onWait: (text) => report({ type: 'note', text }),
  });

/** Finds out who calls. @throws errors of STS, and of the credential chain */
export async function findAccount(
  aws: Pick<Aws, 'sts'>,
  settings: ConnectedTarget['settings'],
): Promise<Account> {
  const [{ Account: account = '', Arn: caller = '' }, expires] = await Promise.all([
    aws.sts(new GetCallerIdentityCommand({})),
    settings.credentials ? undefined : expiryOf(settings.region),
  ]);
  return { account, caller, expires };
}

/** Returns when the credentials of the chain expire. A failure is reported by the call that uses the credentials. */
async function expiryOf(region: string): Promise<number | undefined> {
  const client = new STSClient({ region });
  try {
    return (await client.config.credentials()).expiration?.getTime();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}

/** Makes the context of the looks. Images are not looked for. */
export const lookContextFor = (
  config: Config,
  aws: Aws,
  { clock, signal, report }: ClientContext,
  resources: StateData['resources'],
): LookContext => ({
  config,
  names: namesOf(config),
  aws,
  builds: openBuilds(config, { endpoint: endpointOf(config.target), report, signal, clock }),
  recorded: recordedIn(resources),
  shared: singleFlight(),
});

/** Surveys the stack, and compares it with the configuration. Without the permission to read, everything counts as missing. */
export async function planFor(
  lookContext: LookContext,
  { account, caller }: Account,
  zones: readonly string[],
): Promise<Planned> {
  const context = { ...lookContext, account, caller };
  const { found: existing, unreadable } = await surveyIfAllowed(lookContext);
  const found = { ...existing, zones };
  const { changes } = diffAll(context, found);
  return {
    context,
    ...{ changes, unreadable },
    existing: sizeOfStack(found, context.names.stack),
    zone: found.subnets.get('public-1')?.zone ?? zones[0],
  };
}

async function surveyIfAllowed(
  context: LookContext,
): Promise<{ readonly found: Survey; readonly unreadable: string | undefined }> {
  try {
    return { found: await survey(context, nounsToTearDown), unreadable: undefined };
  } catch (error) {
    if (!isAccessDenied(error)) throw error;
    const nothing = Object.fromEntries(nouns.map((noun) => [noun, new Map()])) as unknown as Survey;
    return { found: nothing, unreadable: messageOf(error) };
  }
}
