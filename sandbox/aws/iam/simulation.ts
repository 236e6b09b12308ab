/** The policy simulator: evaluates the policies of a role for calls that are not made. */
import type * as IAM from '@aws-sdk/client-iam';
import type {
  ContextEntry,
  EvaluationResult,
  PolicyEvaluationDecisionType,
  PolicySourceType,
} from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { page } from './checks.ts';
import { meetsConditions, UnsupportedCondition, type RequestContext } from './conditions.ts';
import { invalidArn, invalidInput, roleNotFound, unknownFact, userNotFound } from './errors.ts';
import { isAbout, policiesOfRole, statementsOfManaged, type RolePolicy } from './permission-evaluation.ts';
import type { Statement } from './policy-documents.ts';
import { userArn, USER_NAME } from './user.ts';

const EVERYTHING = '*';
/** AWS's examples have this type, which its model lacks. */
const SOURCE_TYPE = 'IAM Policy' as PolicySourceType;

/** The policies that decide about the calls of a user or a role. */
interface SimulatedPolicies {
  readonly identity: readonly RolePolicy[];
  readonly boundary: readonly Statement[] | undefined;
}

/** The user of the sandbox may do everything, although no policy is attached to it. */
const USER_POLICIES: SimulatedPolicies = {
  identity: [
    { name: 'AdministratorAccess', statements: [{ Effect: 'Allow', Action: '*', Resource: EVERYTHING }] },
  ],
  boundary: undefined,
};

/** @throws InvalidInput, NoSuchEntity */
function policiesOfSource(region: Region, arn = ''): SimulatedPolicies {
  if (arn === userArn(region)) return USER_POLICIES;
  const [, kind, path] = /^arn:[\w-]+:iam::\d{12}:(user|role|group)\/(.+)$/.exec(arn) ?? [];
  const name = path?.slice(path.lastIndexOf('/') + 1);
  if (name === undefined)
    throw arn.startsWith('arn:') ? invalidInput(`Invalid Entity Arn: ${arn}`) : invalidArn();
  if (kind === 'user') throw userNotFound(name === USER_NAME ? arn : name);
  if (kind === 'group') throw unknownFact('The sandbox has no groups');
  const role = region.iam.roles.get(name.toLowerCase());
  if (role?.Arn !== arn) throw roleNotFound(name);
  return {
    identity: policiesOfRole(region, role),
    boundary: role.boundary === undefined ? undefined : statementsOfManaged(region, role.boundary),
  };
}

/** The outcome for one action and one resource. */
interface Outcome {
  readonly decision: PolicyEvaluationDecisionType;
  readonly sources: readonly string[];
  readonly missing: readonly string[];
  readonly isWithinBoundary: boolean | undefined;
}

function simulate(
  { identity, boundary }: SimulatedPolicies,
  action: string,
  resource: string,
  context: RequestContext,
): Outcome {
  const missing = new Set<string>();
  const selects = (effect: Statement['Effect']) => (statement: Statement) =>
    statement.Effect === effect &&
    isAbout(statement, action, resource) &&
    isMet(statement, context, (key) => missing.add(key));
  const sourcesOf = (effect: Statement['Effect']) =>
    identity.filter(({ statements }) => statements.some(selects(effect))).map(({ name }) => name);
  const denying = sourcesOf('Deny');
  const allowing = sourcesOf('Allow');
  const isDenied = denying.length > 0 || boundary?.some(selects('Deny')) === true;
  const isWithinBoundary = boundary && !boundary.some(selects('Deny')) && boundary.some(selects('Allow'));
  const isAllowed = allowing.length > 0 && isWithinBoundary !== false;
  return {
    decision: isDenied ? 'explicitDeny' : isAllowed ? 'allowed' : 'implicitDeny',
    sources: isDenied ? denying : allowing,
    missing: [...missing].sort(),
    isWithinBoundary,
  };
}

/** The operators for which a key without a value counts as met, with or without a value to compare. */
const isMetWithoutValue = (operator: string): boolean => /IfExists$|^(String|Arn)Not/.test(operator);

/**
 * Whether the conditions of a statement are met. The simulator knows no value of a key that the caller does not supply, and reports
 * the key.
 * @throws NotImplemented for an operator that the sandbox cannot evaluate
 */
function isMet(
  { Condition = {} }: Statement,
  context: RequestContext,
  onMissing: (key: string) => void,
): boolean {
  let isEveryMet = true;
  for (const [operator, keys] of Object.entries(Condition))
    for (const [key, values] of Object.entries(keys)) {
      const isKnown = Object.hasOwn(context, key.toLowerCase());
      if (!isKnown) onMissing(key);
      const known = isKnown ? context : { ...context, [key.toLowerCase()]: undefined };
      isEveryMet &&=
        isKnown || operator === 'Null'
          ? meets({ [operator]: { [key]: values } }, known)
          : isMetWithoutValue(operator);
    }
  return isEveryMet;
}

function meets(conditions: NonNullable<Statement['Condition']>, context: RequestContext): boolean {
  try {
    return meetsConditions(conditions, context);
  } catch (error) {
    if (!(error instanceof UnsupportedCondition)) throw error;
    throw unknownFact(`The sandbox does not support ${error.message} in simulations yet`);
  }
}

/** @throws InvalidInput */
function contextIn(entries: readonly ContextEntry[]): RequestContext {
  return Object.fromEntries(
    entries.map(({ ContextKeyName = '', ContextKeyValues = [] }) => {
      if (ContextKeyValues.length > 1)
        throw unknownFact('The sandbox does not support context keys with several values yet');
      return [ContextKeyName.toLowerCase(), ContextKeyValues[0]];
    }),
  );
}

function checkActions(actions: readonly string[]): void {
  const malformed = actions.find((action) => !/^[\w-]+:\w+$/.test(action));
  if (malformed !== undefined) throw invalidInput(`Invalid action name: ${malformed}`);
}

/** Without resources, the result of an action is its own; otherwise each resource has a result. */
function resultOf(
  policies: SimulatedPolicies,
  action: string,
  resources: readonly string[],
  context: RequestContext,
): EvaluationResult {
  const outcomes = resources.map((resource) => ({
    resource,
    ...simulate(policies, action, resource, context),
  }));
  const worst =
    outcomes.find(({ decision }) => decision === 'explicitDeny') ??
    outcomes.find(({ decision }) => decision === 'implicitDeny') ??
    outcomes[0];
  const isGeneral = resources.length === 1 && resources[0] === EVERYTHING;
  return {
    EvalActionName: action,
    EvalResourceName: resources.length === 1 ? resources[0] : EVERYTHING,
    EvalDecision: worst?.decision,
    ...viewOf(worst, isGeneral),
    ...(!isGeneral && {
      ResourceSpecificResults: outcomes.map((outcome) => ({
        EvalResourceName: outcome.resource,
        EvalResourceDecision: outcome.decision,
        ...viewOf(outcome, true),
      })),
    }),
  };
}

const viewOf = (outcome: Outcome | undefined, showsMissing: boolean) => ({
  MatchedStatements: outcome?.sources.map((SourcePolicyId) => ({
    SourcePolicyId,
    SourcePolicyType: SOURCE_TYPE,
  })),
  MissingContextValues: showsMissing ? [...(outcome?.missing ?? [])] : [],
  ...(outcome?.isWithinBoundary !== undefined && {
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: outcome.isWithinBoundary },
  }),
});

export const simulationOperations = {
  /** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
  SimulatePrincipalPolicy: {
    inputMembers: ['PolicySourceArn', 'ActionNames', 'ResourceArns', 'ContextEntries', 'MaxItems', 'Marker'],
    run(input, region) {
      const { ActionNames = [], ResourceArns = [EVERYTHING], ContextEntries = [] } = input;
      const policies = policiesOfSource(region, input.PolicySourceArn);
      checkActions(ActionNames);
      const context = contextIn(ContextEntries);
      const { rows, ...rest } = page(ActionNames, input);
      return {
        EvaluationResults: rows.map((action) => resultOf(policies, action, ResourceArns, context)),
        ...rest,
      };
    },
  },
} satisfies Operations<typeof IAM>;
