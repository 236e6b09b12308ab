/** Checks everything that a stack uses but does not own, before anything is changed, and reports all obstacles together. */
import type { Config } from '../lib/config/config.ts';
import { waitForAll } from '../lib/engine/concurrent.ts';
import type { Desired } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import { NOTHING_CHANGED, Problem, problem } from '../lib/model/problem.ts';
import { combined } from '../lib/run/failures.ts';
import type { Run } from '../lib/run/run.ts';
import { checkAlarms } from './alarms.ts';
import { checkCertificates } from './certificates.ts';
import { checkDomain } from './domain.ts';
import { checkIdentities } from './identities.ts';
import { checkLogDestination } from './log-destination.ts';
import { checkSecrets } from './secrets.ts';
import { checkSharedBalancer } from './shared-balancer.ts';
import { checkWebAcl } from './web-acl.ts';

interface SurroundingsContext extends Desired {
  readonly run: Pick<Run, 'region' | 'endpoint'>;
  /** The configuration with only the services that the run concerns. */
  readonly selected: Config;
}

/**
 * Checks what the survey found around the stack.
 * @throws the problem of a single check: ZONE when the region has too few availability zones, or when the domain belongs in another
 *   hosted zone; ALARM, CERTIFICATE, WEB_ACL, LOAD_BALANCER, SECRET, ROLE or BUCKET when what it names cannot be used; SURROUNDINGS with
 *   all problems if several checks fail
 */
export function checkSurroundings(context: SurroundingsContext, found: Survey): Promise<void> {
  const { selected, config: full } = context;
  const ofServices = { ...context, config: selected };
  return checkTogether([
    () => checkAvailabilityZones(full, found),
    () => checkDomain(full, found.domain),
    () => checkAlarms(full, found),
    () => checkCertificates(full, found),
    () => checkWebAcl(context, found),
    () => checkSharedBalancer(context, found),
    () => checkSecrets(ofServices, found),
    () => checkIdentities(ofServices, found),
    () => checkLogDestination(ofServices, found),
  ]);
}

/**
 * Runs checks concurrently.
 * @throws the problem of a single check; SURROUNDINGS with all problems if several checks fail; any other error of a check
 */
export async function checkTogether(checks: readonly (() => void | Promise<void>)[]): Promise<void> {
  const problems = (await waitForAll(checks.map(problemOf))).flatMap((found) => found ?? []);
  if (problems.length === 0) return;
  throw combined(problems, `${problems.length} checks failed before anything was changed.`, 'SURROUNDINGS');
}

async function problemOf(check: () => void | Promise<void>): Promise<Problem | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function checkAvailabilityZones({ network, region }: Config, { zones }: Pick<Survey, 'zones'>): void {
  if (zones.length >= network.zones) return;
  throw problem('ZONE', {
    what: `${region} has too few availability zones for this network.`,
    why: `network.zones is ${network.zones}; the account may use ${zones.length}: ${zones.join(', ')}.`,
    now: NOTHING_CHANGED,
    fix: ['Lower network.zones in slipway.config.ts, or choose another region.'],
  });
}
