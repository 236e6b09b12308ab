/** Keeps the permissions for former secrets until a deployment is over: ECS may have to start the version before again. Pure. */
import { policyText } from './policies.ts';

/** A statement of an inline policy, as far as it is known. */
interface ReadStatement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

/** The actions that read secrets. */
const SECRET_ACTIONS: readonly unknown[] = [
  'ssm:GetParameters',
  'secretsmanager:GetSecretValue',
  'kms:Decrypt',
];

/**
 * Adds the permissions to read secrets that only the current policy of a role has.
 * @param desired the desired policy, as JSON
 * @param current the current policy, as JSON; undefined if the role has none
 * @returns the policy for the time of the deployment; the desired policy itself if it lacks nothing
 */
export function withFormerSecrets(desired: string, current: string | undefined): string {
  const policy = JSON.parse(desired) as { readonly Statement: readonly ReadStatement[] };
  const texts = new Set(policy.Statement.map((statement) => policyText(statement)));
  const former = statementsIn(current).filter(
    (statement) =>
      statement.Effect === 'Allow' &&
      SECRET_ACTIONS.includes(statement.Action) &&
      !texts.has(policyText(statement)),
  );
  if (former.length === 0) return desired;
  const renamed = former.map((statement, index) => ({ ...statement, Sid: `Former${index + 1}` }));
  return policyText({ ...policy, Statement: [...policy.Statement, ...renamed] });
}

/** Returns the statements of a policy that someone else may have changed. */
function statementsIn(text: string | undefined): ReadStatement[] {
  try {
    const { Statement = [] } = Object(JSON.parse(text ?? '{}')) as { Statement?: unknown };
    return [Statement].flat().map((statement) => Object(statement) as ReadStatement);
  } catch {
    return [];
  }
}
