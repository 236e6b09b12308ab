/** Decides whether the trust policy of a role lets a user, a session or a service assume the role. */
import type { Caller } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { matchesWildcard } from '../../wildcard.ts';
import { meetsConditions, type RequestContext } from './conditions.ts';
import { listOf, statementsOf, type Principal, type Statement } from './policy-documents.ts';
import type { RoleRow } from './store.ts';

/** The principal that wants to assume a role: the caller of STS, or a service such as `ecs-tasks.amazonaws.com`. */
export type Trustee = { readonly caller: Caller } | { readonly service: string };

/**
 * Whether a trust policy allows an action. A statement that denies it has priority.
 * @param action e.g. `sts:AssumeRole`
 * @throws UnsupportedCondition
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function isTrusted(
  region: Region,
  role: RoleRow,
  trustee: Trustee,
  action: string,
  context: RequestContext,
): boolean {
  const applying = statementsOf(role.AssumeRolePolicyDocument).filter(
    (statement) =>
      appliesToAction(statement, action) &&
      appliesToPrincipal(region, role, statement, trustee) &&
      meetsConditions(statement.Condition, context),
  );
  return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow');
}

function appliesToAction({ Action, NotAction }: Statement, action: string): boolean {
  const isNamed = listOf(Action ?? NotAction).some((pattern) =>
    matchesWildcard(pattern.toLowerCase(), action.toLowerCase()),
  );
  return isNamed === (Action !== undefined);
}

function appliesToPrincipal(
  region: Region,
  role: RoleRow,
  { Principal: principal, NotPrincipal: notPrincipal }: Statement,
  trustee: Trustee,
): boolean {
  if (principal !== undefined) return includes(region, role, principal, trustee);
  return notPrincipal !== undefined && !includes(region, role, notPrincipal, trustee);
}

function includes(region: Region, role: RoleRow, principal: Principal, trustee: Trustee): boolean {
  if (principal === '*') return true;
  if ('service' in trustee) return listOf(principal.Service).includes(trustee.service);
  const { arn, role: assumed } = trustee.caller;
  return listOf(principal.AWS).some((who) => {
    if (['*', region.account, region.iamArn('root'), arn].includes(who)) return true;
    // A role that was created again under the same name is another principal.
    return assumed?.arn === who && role.principalIds?.[who] === assumed.id;
  });
}
