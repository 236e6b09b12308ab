/** Checks before the first change whether the account allows a provision: the permissions of the caller, and the quotas. */
import type { Aws } from '../aws/clients.ts';
import { messageOf } from '../aws/errors.ts';
import type { Config } from '../config/config.ts';
import type { Desired } from '../look/context.ts';
import type { Change } from '../model/change.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { readQuota, fits, quotaFix, quotaNeeds, quotaText, type QuotaCheck } from './quotas.ts';
import { requiredActions } from './required-actions.ts';
import { simulateActions, type DeniedAction, type Permissions } from './simulate.ts';

/** The maximum number of denied actions that a problem names. */
const MAX_SHOWN = 12;

/** The answers of the account. */
export interface Preflight {
  readonly permissions: Permissions;
  readonly quotas: readonly QuotaCheck[];
  /** Why quotas were not checked, one sentence each. */
  readonly uncheckedQuotas: readonly string[];
}

/**
 * Runs the checks concurrently. A check that fails says nothing about the provision, and is reported as skipped.
 * @param zone the availability zone of the NAT gateway
 */
export async function runPreflight(
  aws: Pick<Aws, 'ec2' | 'ecs' | 'elbv2' | 'iam' | 'servicequotas'>,
  desired: Desired,
  changes: readonly Pick<Change, 'noun' | 'key' | 'verb'>[],
  zone: string | undefined,
): Promise<Preflight> {
  const stack = { zone, cluster: desired.names.cluster };
  const simulated = simulateActions(aws, desired.caller ?? '', requiredActions(desired, changes)).catch(
    (error: unknown): Permissions => ({ state: 'skipped', why: messageOf(error) }),
  );
  const needs = [...quotaNeeds(desired.config, changes)];
  const checked = await Promise.allSettled(needs.map(([name, need]) => readQuota(aws, stack, name, need)));
  return {
    permissions: await simulated,
    quotas: checked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    uncheckedQuotas: [
      ...new Set(
        checked.flatMap((result) => (result.status === 'rejected' ? [messageOf(result.reason)] : [])),
      ),
    ],
  };
}

/** Returns the problems that keep a provision from succeeding. Pure. */
export function preflightProblems(
  { permissions, quotas }: Preflight,
  config: Pick<Config, 'region'>,
): Problem[] {
  const denied = permissions.state === 'simulated' ? permissions.denied : [];
  const exceeded = quotas.filter((quota) => fits(quota) === 'no');
  return [
    ...(denied.length > 0 ? [deniedActions(denied)] : []),
    ...(exceeded.length > 0 ? [exceededQuotas(exceeded, config)] : []),
  ];
}

/** Returns what a user should know although the provision may succeed, one sentence each. Pure. */
export const preflightWarnings = ({ quotas }: Preflight): string[] =>
  quotas
    .filter((quota) => fits(quota) === 'once')
    .map((quota) => `a later deployment does not fit into a quota: ${quotaText(quota)}`);

/** Returns what was not checked, one sentence each. Pure. */
export const preflightGaps = ({ permissions, uncheckedQuotas }: Preflight): string[] => [
  ...(permissions.state === 'skipped' ? [`the permissions were not checked: ${permissions.why}`] : []),
  ...uncheckedQuotas.map((why) => `some quotas were not checked: ${why}`),
];

/** Lists denied actions, one line per reason and resource. Pure. */
export function deniedLines(denied: readonly DeniedAction[]): string[] {
  const lines = denied.map(({ action, resource, reason }) => `${action} on ${resource}: ${reason}.`);
  const more = lines.length - MAX_SHOWN;
  return more > 0 ? [...lines.slice(0, MAX_SHOWN), `${more} more.`] : lines;
}

/** The ways to get permissions. */
export const PERMISSION_FIX = [
  'Ask the administrator of the account to allow these actions, or use other credentials.',
];

const deniedActions = (denied: readonly DeniedAction[]): Problem =>
  problem('ACCESS_DENIED', {
    what: `The caller may not perform ${denied.length === 1 ? 'an action' : `${denied.length} actions`} that this provision needs.`,
    why: deniedLines(denied).join('\n'),
    now: NOTHING_CHANGED,
    fix: [...PERMISSION_FIX, 'If the policy simulator of IAM is wrong, --no-preflight skips this check.'],
  });

const exceededQuotas = (exceeded: readonly QuotaCheck[], config: Pick<Config, 'region'>): Problem =>
  problem('QUOTA', {
    what: `${exceeded.length === 1 ? 'A quota' : `${exceeded.length} quotas`} of the account would be exceeded.`,
    why: exceeded.map((quota) => `${quotaText(quota)}.`).join('\n'),
    now: NOTHING_CHANGED,
    fix: exceeded.flatMap((quota) => quotaFix(quota, config)),
  });
