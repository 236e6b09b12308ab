/** Decides whether the policies of a role allow a session of the role to do something. */
import { awsManagedPolicy } from '../../models/managed-policies.ts';
import { matchesWildcard } from '../../wildcard.ts';
import type { Region } from '../../world/region.ts';
import { sessionArn } from '../sts/sessions.ts';
import { parsePolicyArn } from './arns.ts';
import { meetsConditions, UnsupportedCondition, type RequestContext } from './conditions.ts';
import { findPolicy } from './policy-lookup.ts';
import { listOf, statementsOf, type Statement } from './policy-documents.ts';
import type { RoleRow } from './store.ts';

/** A call that a session of a role wants to make. */
export interface AttemptedCall {
  /** E.g. `elasticloadbalancing:ModifyRule`. */
  readonly action: string;
  /** The ARN of the resource. Undefined for a call that names no resource, such as `DescribeRules`. */
  readonly resource?: string | undefined;
  /** The name of the session. */
  readonly session: string;
  /** The values of the condition keys that the sandbox knows for the call. */
  readonly context?: RequestContext;
}

/**
 * Returns IAM's message if the policies of a role do not allow a call. The identity-based policies and the permissions
 * boundary must allow it, and no statement may deny it. The sandbox gives the benefit of the doubt: a condition that it
 * cannot evaluate is taken to be met in a statement that allows, and not to be met in a statement that denies. A policy of
 * AWS whose document the sandbox does not have allows everything.
 * @returns the message; undefined if the call is allowed
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function denialOf(region: Region, role: RoleRow, call: AttemptedCall): string | undefined {
  const { action, resource, session } = call;
  const reason = reasonOf(region, role, call);
  if (reason === undefined) return undefined;
  const user = sessionArn(region, role.RoleName, session);
  const on = resource === undefined ? '' : ` on resource: ${resource}`;
  return `User: ${user} is not authorized to perform: ${action}${on} ${reason}`;
}

function reasonOf(region: Region, role: RoleRow, call: AttemptedCall): string | undefined {
  const identity = policiesOfRole(region, role).flatMap(({ statements }) => statements);
  const boundary = role.boundary === undefined ? undefined : statementsOfManaged(region, role.boundary);
  const { action } = call;
  if (applies(identity, 'Deny', call)) return 'with an explicit deny in an identity-based policy';
  if (boundary && applies(boundary, 'Deny', call)) return 'with an explicit deny in a permissions boundary';
  if (!applies(identity, 'Allow', call))
    return `because no identity-based policy allows the ${action} action`;
  if (boundary && !applies(boundary, 'Allow', call))
    return `because no permissions boundary allows the ${action} action`;
  return undefined;
}

/** A policy of a role. `name` is what the policy simulator calls its source. */
export interface RolePolicy {
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** Returns the identity-based policies of a role. */
export const policiesOfRole = (region: Region, role: RoleRow): RolePolicy[] => [
  ...Object.entries(role.inlinePolicies).map(([name, document]) => ({
    name: `role_${role.RoleName}_${name}`,
    statements: statementsOf(document),
  })),
  ...role.attachedPolicies.map((arn) => ({
    name: arn.slice(arn.lastIndexOf('/') + 1),
    statements: statementsOfManaged(region, arn),
  })),
];

const ALLOWS_EVERYTHING: Statement[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

/** Returns the statements of a managed policy. */
export function statementsOfManaged(region: Region, arn: string): Statement[] {
  const parsed = parsePolicyArn(region, arn);
  if (!parsed.isAwsManaged) {
    const policy = findPolicy(region, parsed);
    const version = policy?.versions.find(({ VersionId }) => VersionId === policy.defaultVersion);
    return version ? statementsOf(version.Document) : [];
  }
  const document = awsManagedPolicy(parsed.path)?.document;
  if (!document) return ALLOWS_EVERYTHING;
  // The documents of AWS's policies name resources of the partition `aws`. In another partition, AWS names that partition's.
  const text = JSON.stringify(document).replaceAll('"arn:aws:', `"arn:${region.partition.id}:`);
  return statementsOf(text);
}

const applies = (
  statements: readonly Statement[],
  effect: Statement['Effect'],
  { action, resource = '*', context = {} }: AttemptedCall,
): boolean =>
  statements.some(
    (statement) =>
      statement.Effect === effect &&
      isAbout(statement, action, resource) &&
      areMet(statement.Condition, context, effect),
  );

/** Whether a statement names an action and a resource, whatever its conditions. */
export const isAbout = (
  { Action, NotAction, Resource, NotResource }: Statement,
  action: string,
  resource: string,
): boolean =>
  covers(Action, NotAction, action.toLowerCase(), (pattern) => pattern.toLowerCase()) &&
  covers(Resource, NotResource, resource, (pattern) => pattern);

/** Whether an element such as `Action`, or its negation, covers a value. */
function covers(
  named: string | string[] | undefined,
  excepted: string | string[] | undefined,
  value: string,
  normalise: (pattern: string) => string,
): boolean {
  const isNamed = listOf(named ?? excepted).some((pattern) => matchesWildcard(normalise(pattern), value));
  return isNamed === (named !== undefined);
}

function areMet(
  conditions: Statement['Condition'],
  context: RequestContext,
  effect: Statement['Effect'],
): boolean {
  try {
    return meetsConditions(conditions, context);
  } catch (error) {
    if (error instanceof UnsupportedCondition) return effect === 'Allow';
    throw error;
  }
}
