/** Asks IAM's policy simulator whether the caller may do what a provision does. */
import { GetRoleCommand, SimulatePrincipalPolicyCommand, type EvaluationResult } from '@aws-sdk/client-iam';
import type { Aws } from '../aws/clients.ts';
import { isAccessDenied, isUnimplemented, messageOf } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import type { RequiredActions } from './required-actions.ts';

/** An action that the caller may not perform. */
export interface DeniedAction {
  readonly action: string;
  readonly resource: string;
  /** The kind of policy that decides, in words. */
  readonly reason: string;
}

/** The answer of the simulator. */
export type Permissions =
  | {
      readonly state: 'simulated';
      readonly denied: readonly DeniedAction[];
      /** The number of actions that are allowed. */
      readonly allowed: number;
      /** The actions whose permission depends on facts that the simulator does not know. */
      readonly uncertain: readonly string[];
    }
  | { readonly state: 'root' }
  | { readonly state: 'skipped'; readonly why: string };

/**
 * Simulates actions. It changes nothing.
 * @param caller the ARN of the caller, as GetCallerIdentity returns it
 * @throws errors other than a missing permission to simulate, and than an endpoint without a simulator
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
 */
export async function simulateActions(
  aws: Pick<Aws, 'iam'>,
  caller: string,
  required: readonly RequiredActions[],
): Promise<Permissions> {
  try {
    const principal = await principalOf(aws, caller);
    if (principal === 'root') return { state: 'root' };
    if (principal === undefined) return skipped(`IAM does not simulate the permissions of ${caller}`);
    const results = await Promise.all(required.map((one) => simulateOne(aws, principal, one)));
    const all = results.flat();
    return {
      state: 'simulated',
      denied: all.flatMap(({ denied }) => denied ?? []),
      allowed: all.filter(({ isAllowed }) => isAllowed).length,
      uncertain: [
        ...new Set(all.flatMap(({ action, denied, isAllowed }) => (isAllowed || denied ? [] : [action]))),
      ],
    };
  } catch (error) {
    if (isAccessDenied(error)) return skipped(messageOf(error));
    if (isUnimplemented(error)) return skipped('this endpoint does not simulate permissions');
    throw error;
  }
}

const skipped = (why: string): Permissions => ({ state: 'skipped', why });

/** Returns the ARN whose policies decide; undefined for a caller that is neither a user nor a role. */
async function principalOf({ iam }: Pick<Aws, 'iam'>, caller: string): Promise<string | undefined> {
  if (/^arn:[\w-]+:iam::\d{12}:root$/.test(caller)) return 'root';
  if (/^arn:[\w-]+:iam::\d{12}:user\//.test(caller)) return caller;
  const [, RoleName] = /^arn:[\w-]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(caller) ?? [];
  // The ARN of a session does not contain the path of the role.
  return RoleName === undefined ? undefined : (await iam(new GetRoleCommand({ RoleName }))).Role?.Arn;
}

/** The decision about one action. It is uncertain if it is neither allowed nor denied. */
interface Decision {
  readonly action: string;
  readonly isAllowed: boolean;
  readonly denied?: DeniedAction;
}

async function simulateOne(
  { iam }: Pick<Aws, 'iam'>,
  PolicySourceArn: string,
  { actions, resource, context }: RequiredActions,
): Promise<Decision[]> {
  const ContextEntries = Object.entries(context).map(([ContextKeyName, value]) => ({
    ...{ ContextKeyName, ContextKeyValues: [value] },
    ContextKeyType: 'string' as const,
  }));
  const results = await allPages(async (Marker) => {
    const page = await iam(
      new SimulatePrincipalPolicyCommand({
        ...{ PolicySourceArn, ActionNames: [...actions], ContextEntries, Marker },
        ResourceArns: [resource],
      }),
    );
    return { items: page.EvaluationResults ?? [], next: page.IsTruncated ? page.Marker : undefined };
  });
  return results.map((result) => decisionOf(result, resource));
}

function decisionOf(result: EvaluationResult, resource: string): Decision {
  const { EvalActionName: action = '', ResourceSpecificResults: [specific] = [] } = result;
  const decision = specific?.EvalResourceDecision ?? result.EvalDecision;
  const missing = [...(specific?.MissingContextValues ?? []), ...(result.MissingContextValues ?? [])];
  if (decision === 'allowed') return { action, isAllowed: true };
  // A statement with a condition that the simulator cannot evaluate might allow or deny the call.
  if (missing.length > 0) return { action, isAllowed: false };
  return { action, isAllowed: false, denied: { action, resource, reason: reasonOf(result, decision) } };
}

function reasonOf(
  {
    OrganizationsDecisionDetail,
    PermissionsBoundaryDecisionDetail,
    ResourceSpecificResults: [specific] = [],
  }: EvaluationResult,
  decision: string | undefined,
): string {
  const boundary = specific?.PermissionsBoundaryDecisionDetail ?? PermissionsBoundaryDecisionDetail;
  if (OrganizationsDecisionDetail?.AllowedByOrganizations === false)
    return 'a service control policy does not allow it';
  if (boundary?.AllowedByPermissionsBoundary === false)
    return 'the permissions boundary of the caller does not allow it';
  return decision === 'explicitDeny' ? 'a policy denies it' : 'no policy allows it';
}
