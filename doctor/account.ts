/** Checks of the account: credentials, zones, permissions, service-linked roles and quotas. */
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { explain, type Situation } from '../lib/aws/explain.ts';
import { isAccessDenied } from '../lib/aws/errors.ts';
import type { Config } from '../lib/config/config.ts';
import { hasOwnBalancer } from '../lib/derive/shared-balancer.ts';
import type { LookContext } from '../lib/look/context.ts';
import { lookServiceLinkedRole } from '../lib/look/service-linked-role.ts';
import { lookAvailabilityZones } from '../lib/look/subnets.ts';
import { deniedLines, PERMISSION_FIX } from '../lib/preflight/preflight.ts';
import { QUOTAS } from '../lib/preflight/quota-table.ts';
import { readQuota, fits, quotaFix, quotaNeeds, quotaText } from '../lib/preflight/quotas.ts';
import { requiredActions } from '../lib/preflight/required-actions.ts';
import { simulateActions, type Permissions } from '../lib/preflight/simulate.ts';
import { NeedsOther, no, ok, skipped, warning, type Check, type Verdict } from './check.ts';
import type { Account, Planned } from './facts.ts';

/** Credentials that expire sooner may not last for a provision. Milliseconds. */
const SHORT_MS = 30 * 60_000;

/** Describes the caller, and warns of credentials that expire soon. @param now milliseconds since 1970 */
export function callerVerdict({ account, caller, expires }: Account, now: number): Verdict {
  const who = `${caller}, account ${account}`;
  if (expires === undefined) return ok(who);
  const left = expires - now;
  const minutes = Math.max(0, Math.round(left / 60_000));
  const text = `${who}; the credentials expire in ${minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`}`;
  return left < SHORT_MS
    ? warning(`${text}, and a provision may take that long.`, 'Sign in again: aws sso login, or new keys.')
    : ok(text);
}

/** Describes why the caller is not known. */
export function credentialsVerdict(error: unknown, situation: Situation): Verdict {
  const { what, why, fix } = explain(error, situation);
  return no(`${what} ${why}`, ...fix.filter((line) => !line.startsWith(situation.command)));
}

/** Checks that the region has as many availability zones as the network needs. */
export async function checkZones(context: LookContext): Promise<Verdict> {
  const { region, network, loadBalancer } = context.config;
  const zones = await lookAvailabilityZones(context);
  const text = `${region} has ${zones.length}: ${zones.join(', ')}`;
  if (loadBalancer || zones.length >= network.zones) return ok(text);
  return no(
    `network.zones is ${network.zones}, but ${text}.`,
    'Lower network.zones in slipway.config.ts, or choose another region.',
  );
}

/** Describes what the policy simulator answers. */
export function permissionsVerdict(permissions: Permissions): Verdict {
  if (permissions.state === 'skipped') return skipped(permissions.why);
  if (permissions.state === 'root')
    return warning(
      'The caller is the root user, who may do everything.',
      'Use a role or a user with fewer permissions.',
    );
  const { denied, allowed, uncertain } = permissions;
  if (denied.length > 0)
    return no(
      [
        `The caller may not perform ${denied.length === 1 ? 'an action' : `${denied.length} actions`} that a provision needs.`,
        ...deniedLines(denied),
      ].join('\n'),
      ...PERMISSION_FIX,
    );
  const text = `${allowed} ${allowed === 1 ? 'action is' : 'actions are'} allowed`;
  return uncertain.length === 0
    ? ok(text)
    : ok(
        `${text}; ${uncertain.length} depend on conditions that IAM does not simulate, such as ${uncertain[0]}`,
      );
}

async function checkPermissions({ context, changes }: Planned): Promise<Verdict> {
  const required = requiredActions(context, changes);
  if (required.length === 0) return ok('everything exists, so nothing is created');
  return permissionsVerdict(await simulateActions(context.aws, context.caller ?? '', required));
}

/** The path of the service-linked role of Elastic Load Balancing. */
const BALANCING_PATH = '/aws-service-role/elasticloadbalancing.amazonaws.com/';

/**
 * Looks for the service-linked roles. A provision creates that of ECS, and AWS that of Elastic Load Balancing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 */
export async function checkServiceRoles(context: LookContext): Promise<Verdict> {
  const { aws, config } = context;
  const [ecs, balancing] = await Promise.all([
    lookServiceLinkedRole(context),
    hasOwnBalancer(config) ? aws.iam(new ListRolesCommand({ PathPrefix: BALANCING_PATH })) : undefined,
  ]);
  const missing = [
    ...(ecs.size === 0 ? ['ECS'] : []),
    ...(balancing?.Roles?.length === 0 ? ['Elastic Load Balancing'] : []),
  ];
  return ok(
    missing.length === 0
      ? 'all of them exist'
      : `${missing.join(' and ')}: ${missing.length === 1 ? 'its role is' : 'their roles are'} created with the first provision`,
  );
}

/** Checks each quota that the stack counts against. */
export async function checkQuotas({ context, changes, zone }: Planned): Promise<readonly Verdict[]> {
  const { aws, config, names } = context;
  const needs = [...quotaNeeds(config, changes)];
  if (needs.length === 0) return [ok('everything exists, so nothing is added')];
  return Promise.all(
    needs.map(async ([name, need]): Promise<Verdict> => {
      try {
        return quotaVerdict(await readQuota(aws, { zone, cluster: names.cluster }, name, need), config);
      } catch (error) {
        if (!isAccessDenied(error)) throw error;
        return skipped(`${QUOTAS[name].name}: the caller may not count them`);
      }
    }),
  );
}

/** Describes one quota. */
export function quotaVerdict(quota: Parameters<typeof fits>[0], config: Pick<Config, 'region'>): Verdict {
  const text = quotaText(quota);
  if (quota.limit === undefined) return skipped(`${text}; the account has no such quota`);
  switch (fits(quota)) {
    case 'yes':
      return ok(text);
    case 'once':
      return warning(
        `${text}. A deployment would have to wait for tasks that stop.`,
        ...quotaFix(quota, config),
      );
    case 'no':
      return no(`${text}.`, ...quotaFix(quota, config));
  }
}

/** The facts that the checks of the account share. */
export interface AccountFacts {
  readonly account: Promise<Account>;
  readonly context: Promise<LookContext>;
  readonly planned: Promise<Planned>;
  /** The same, with the failure of the survey. */
  readonly surveyed: Promise<Planned>;
  readonly situation: Situation;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Returns the checks of the account. */
export const accountChecks = ({
  account,
  context,
  planned,
  surveyed,
  situation,
  now,
}: AccountFacts): Check[] =>
  [
    {
      name: 'credentials',
      run: async () => {
        try {
          return callerVerdict(await account, now());
        } catch (error) {
          if (error instanceof NeedsOther) throw error;
          return credentialsVerdict(error, situation);
        }
      },
    },
    { name: 'zones', run: async () => checkZones(await context) },
    { name: 'existing resources', run: async () => existingVerdict(await surveyed) },
    { name: 'permissions', run: async () => checkPermissions(await planned) },
    { name: 'service-linked roles', run: async () => checkServiceRoles(await context) },
    { name: 'quotas', run: async () => checkQuotas(await planned) },
  ].map((check) => ({ group: 'account', ...check }));

const existingVerdict = ({ existing, changes, unreadable }: Planned): Verdict => {
  if (unreadable !== undefined)
    return no(`The caller may not read what a provision reads: ${unreadable}`, ...PERMISSION_FIX);
  const foreign = changes.filter(({ verb }) => verb === 'refused');
  if (foreign.length === 0)
    return ok(existing === 0 ? 'the stack does not exist yet' : `${existing} of the stack exist`);
  return no(
    foreign.map(({ noun, key, reason }) => `${noun}${key && `.${key}`}: ${reason}`).join('\n'),
    'npm run provision -- --plan, which says how to continue',
  );
};
