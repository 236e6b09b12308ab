/** Checks the roles and policies of others that the configuration names, before anything is deployed. Pure. */
import type { Config } from '../lib/config/config.ts';
import { pathOfService } from '../lib/config/finding.ts';
import { TASKS_PRINCIPAL } from '../lib/derive/partitions.ts';
import { arnOfManagedPolicy } from '../lib/derive/task-permissions.ts';
import { trustsService } from '../lib/derive/trust.ts';
import type { Desired } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import type { FoundIdentity } from '../lib/look/identities.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import type { Event } from '../lib/model/report.ts';
import { awsCommand, type Run } from '../lib/run/run.ts';

interface IdentityContext extends Pick<Desired, 'config' | 'account'> {
  readonly run: Pick<Run, 'region' | 'endpoint'>;
}

/** A role or a policy in the configuration. */
interface Reference {
  readonly path: string;
  readonly kind: 'role' | 'policy';
  readonly arn: string;
}

/** Why a role or a policy cannot be used. */
interface Obstacle {
  readonly why: string;
  readonly fix: string;
}

/** Lists the roles and policies in the configuration. */
const referencesIn = ({ services, permissionsBoundary, region }: Config): Reference[] => [
  ...(permissionsBoundary === undefined
    ? []
    : [{ path: 'permissionsBoundary', kind: 'policy' as const, arn: permissionsBoundary }]),
  ...services.flatMap((service) => {
    const pathOf = (field: string) => pathOfService(service, field).map(String).join('.');
    const roles = (['taskRole', 'executionRole'] as const).flatMap((field): Reference[] =>
      service[field] === undefined ? [] : [{ path: pathOf(field), kind: 'role', arn: service[field] }],
    );
    const policies = service.managedPolicies.map((policy, index): Reference => ({
      path: `${pathOf('managedPolicies')}[${index}]`,
      kind: 'policy',
      arn: arnOfManagedPolicy(policy, region),
    }));
    return [...roles, ...policies];
  }),
];

/**
 * Checks that every role and every policy exists, and that ECS may assume the roles. What the caller may not read is taken to
 * be usable.
 * @throws ROLE with everything that cannot be used
 */
export function checkIdentities(context: IdentityContext, { identities }: Pick<Survey, 'identities'>): void {
  const bad = referencesIn(context.config).flatMap((reference) => {
    const found = identities?.get(reference.arn);
    const obstacle = otherAccount(context, reference) ?? (found && obstacleOf(context, reference, found));
    return obstacle ? [{ ...reference, ...obstacle }] : [];
  });
  if (bad.length === 0) return;
  throw problem('ROLE', {
    what:
      bad.length === 1
        ? `A ${bad[0]?.kind} in the configuration cannot be used.`
        : `${bad.length} roles and policies in the configuration cannot be used.`,
    why: bad.map(({ path, why }) => `${path}: ${why}`).join('\n'),
    now: NOTHING_CHANGED,
    fix: [...new Set(bad.map(({ fix }) => fix))],
  });
}

/** IAM attaches no policy of another account, and ECS uses no role of another account. */
function otherAccount({ account }: IdentityContext, { kind, arn }: Reference): Obstacle | undefined {
  const [, owner = account] = /^arn:[^:]+:iam::(\d{12}):/.exec(arn) ?? [];
  if (owner === account) return undefined;
  return {
    why: `The ${kind} ${arn} is in the account ${owner}, and the stack is in ${account}.`,
    fix: `Use a ${kind} in the account ${account}, or the credentials of the account ${owner}.`,
  };
}

function obstacleOf(
  { account, run }: IdentityContext,
  { kind, arn }: Reference,
  found: FoundIdentity,
): Obstacle | undefined {
  if (found.state === 'unknown') return undefined;
  if (found.state === 'missing')
    return {
      why: `IAM has no ${kind} ${arn}.`,
      fix:
        found.similar === undefined
          ? 'Correct the name in slipway.config.ts, or create it first.'
          : `Use ${found.similar.replace(/^arn:[^:]+:iam::aws:policy\//, '')}.`,
    };
  if (found.arn !== arn) return { why: `IAM has no role ${arn}.`, fix: `Use ${found.arn}.` };
  if (found.trustPolicy === undefined || trustsService(found.trustPolicy, TASKS_PRINCIPAL, account))
    return undefined;
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: TASKS_PRINCIPAL }, Action: 'sts:AssumeRole' }],
  };
  return {
    why: `The trust policy of the role ${arn} does not let ${TASKS_PRINCIPAL} assume it.`,
    fix: awsCommand(
      run,
      `aws iam update-assume-role-policy --role-name ${arn.split('/').at(-1)} --policy-document '${JSON.stringify(trust)}'`,
    ),
  };
}

/** Returns a note for each role and policy that could not be checked. */
export const identityEvents = ({ identities }: Pick<Survey, 'identities'>): Event[] =>
  [...(identities ?? [])].flatMap(([arn, found]) =>
    found.state === 'unknown' ? [{ type: 'note', text: `${arn} was not checked: ${found.why}` }] : [],
  );
