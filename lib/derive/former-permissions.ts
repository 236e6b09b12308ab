/** Keeps the former permissions of programs until a deployment is over: tasks of the version before still run. Pure. */
import { policyText } from './policies.ts';
import { MAX_POLICY_SIZE, policySize } from './task-permissions.ts';

/**
 * Adds the statements that only the current policy of a role has.
 * @param desired the desired policy, as JSON
 * @param current the current policy, as JSON; undefined if the role has none
 * @returns the policy for the time of the deployment; the desired policy itself if it lacks nothing, or if IAM accepts no
 *   policy of that size
 */
export function withFormerPermissions(desired: string, current: string | undefined): string {
  const policy = JSON.parse(desired) as { readonly Statement: readonly unknown[] };
  const texts = new Set(policy.Statement.map(policyText));
  const former = statementsIn(current).filter((statement) => !texts.has(policyText(statement)));
  if (former.length === 0) return desired;
  const both = policyText({ ...policy, Statement: [...policy.Statement, ...former] });
  return policySize(both) > MAX_POLICY_SIZE ? desired : both;
}

/** Returns the statements of a policy that someone else may have changed. */
function statementsIn(text: string | undefined): object[] {
  try {
    const { Statement = [] } = Object(JSON.parse(text ?? '{}')) as { Statement?: unknown };
    return [Statement]
      .flat()
      .filter((statement): statement is object => typeof statement === 'object' && statement !== null);
  } catch {
    return [];
  }
}
