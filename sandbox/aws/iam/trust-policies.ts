/** Trust policies: IAM's checks, and the unique ids that IAM stores for the principals. */
import { isServicePrincipal } from '../../models/service-principals.ts';
import { matchesWildcard } from '../../wildcard.ts';
import type { Region } from '../../world/region.ts';
import { limitExceeded, malformedPolicy } from './errors.ts';
import { listOf, sizeOf, statementsOf, type Principal } from './policy-documents.ts';
import type { RoleRow } from './store.ts';
import { userArn } from './user.ts';

/** The default maximum size, in characters other than white space. */
const MAX_SIZE = 2048;

/** The actions that a trust policy can allow. IAM ignores case. */
const ACTIONS = [
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:setcontext',
  'sts:setsourceidentity',
  'sts:tagsession',
];

/** A trust policy that IAM accepts. */
export type TrustPolicy = Pick<RoleRow, 'AssumeRolePolicyDocument' | 'principalIds'>;

/**
 * Checks a trust policy.
 * @throws MalformedPolicyDocument, LimitExceeded
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function checkTrustPolicy(document = '', region: Region): TrustPolicy {
  const principalIds: Record<string, string> = {};
  for (const statement of statementsOf(document)) {
    if (statement.Resource ?? statement.NotResource) throw malformedPolicy('Has prohibited field Resource');
    const who = statement.Principal ?? statement.NotPrincipal;
    if (who === undefined) throw malformedPolicy('Missing required field Principal');
    const actions = listOf(statement.Action ?? statement.NotAction);
    if (actions.length === 0) throw malformedPolicy('Missing required field Action');
    if (!actions.every(isTrustAction)) {
      throw malformedPolicy('AssumeRole policy may only specify STS AssumeRole actions.');
    }
    Object.assign(principalIds, checkPrincipal(who, region));
  }
  if (sizeOf(document) > MAX_SIZE) throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${MAX_SIZE}`);
  return { AssumeRolePolicyDocument: document, principalIds };
}

/** Whether trust policies can allow an action. An action with wildcards must match one that they can allow. */
const isTrustAction = (action: string): boolean =>
  ACTIONS.some((known) => matchesWildcard(action.toLowerCase(), known));

/** Returns the role that an ARN names, if the role exists. The ARN belongs to the role or to one of its sessions. */
function roleInArn({ iam }: Region, arn: string): RoleRow | undefined {
  const [, isSession, path = ''] =
    /^arn:[^:]+:(?:iam|sts)::\d{12}:(?:role|(assumed-role))\/(.+)$/.exec(arn) ?? [];
  const name = (isSession ? path.split('/')[0] : path.split('/').at(-1)) ?? '';
  const role = iam.roles.get(name.toLowerCase());
  return isSession || role?.Arn === arn ? role : undefined;
}

/** Whether IAM accepts a role as a principal. It does not accept a new role immediately. */
function isKnownPrincipal(region: Region, { RoleId: id, CreateDate: changedAt }: RoleRow): boolean {
  const time = region.visibleAt({ lag: 'iamLagMs', id, consumer: 'iam principal', changedAt });
  return time <= region.now().getTime();
}

/**
 * Checks that services exist, and that the principals of this account exist. IAM stores the id of a principal instead of the
 * name, so it must find the principal. Principals of other accounts are not checked.
 * @returns the ids of the named roles, keyed by ARN
 */
function checkPrincipal(principal: Principal, region: Region): Record<string, string> {
  if (principal === '*') return {};
  const invalid = (kind: string, who: string) =>
    malformedPolicy(`Invalid principal in policy: "${kind}":"${who}"`);
  for (const service of listOf(principal.Service)) {
    if (!isServicePrincipal(service, region.partition)) throw invalid('SERVICE', service);
  }
  const ids: Record<string, string> = {};
  for (const who of listOf(principal.AWS)) {
    if (who === '*' || /^\d{12}$/.test(who)) continue;
    const [, partition, owner, resource = ''] = /^arn:([\w-]+):(?:iam|sts)::(\d{12}):(.+)$/.exec(who) ?? [];
    if (partition !== region.partition.id) throw invalid('AWS', who);
    if (owner !== region.account || resource === 'root' || who === userArn(region)) continue;
    const role = roleInArn(region, who);
    if (!role || !isKnownPrincipal(region, role)) throw invalid('AWS', who);
    ids[who] = role.RoleId;
  }
  return ids;
}

/**
 * Returns a trust policy as IAM returns it: the ARN of a deleted role becomes the id of the role, even if there is a new role
 * with the same name. An account becomes the ARN of its root user. Any other document keeps its text.
 */
export function trustPolicyText(
  region: Region,
  { AssumeRolePolicyDocument: text, principalIds = {} }: TrustPolicy,
): string {
  let isChanged = false;
  const normalize = (who: string): string => {
    const id = principalIds[who];
    const isGone = id !== undefined && roleInArn(region, who)?.RoleId !== id;
    const normal = isGone ? id : /^\d{12}$/.test(who) ? `arn:${region.partition.id}:iam::${who}:root` : who;
    isChanged ||= normal !== who;
    return normal;
  };
  const document = JSON.parse(text, (key, value: unknown) => {
    const isPrincipal = key === 'Principal' || key === 'NotPrincipal';
    if (!isPrincipal || typeof value !== 'object' || value === null || !('AWS' in value)) return value;
    const { AWS: who } = value as { AWS: string | string[] };
    return { ...value, AWS: Array.isArray(who) ? who.map(normalize) : normalize(who) };
  }) as unknown;
  return isChanged ? JSON.stringify(document) : text;
}
