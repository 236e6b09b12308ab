/** Reads trust policies of roles that belong to someone else. Pure. */
import { statementsIn, memberValues, type UnknownStatement } from './policy-statements.ts';

/**
 * Whether a trust policy lets a service assume its role for an account. Of its conditions, only the one on the account is
 * evaluated; a statement that denies is not.
 * @param text the policy, as JSON
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function trustsService(text: string, service: string, account: string): boolean {
  return statementsIn(text).some(
    ({ Effect, Action, Principal, Condition = {} }) =>
      Effect === 'Allow' &&
      memberValues(Action).some((action) =>
        ['sts:assumerole', 'sts:*', '*'].includes(action.toLowerCase()),
      ) &&
      (Principal === '*' ||
        memberValues((Principal as { Service?: unknown } | undefined)?.Service).includes(service)) &&
      isForAccount(Condition, account),
  );
}

const isForAccount = (conditions: NonNullable<UnknownStatement['Condition']>, account: string): boolean =>
  Object.entries(conditions)
    .filter(([operator]) => /^String(Equals|Like)$/.test(operator))
    .flatMap(([, keys]) => Object.entries(keys))
    .filter(([key]) => key.toLowerCase() === 'aws:sourceaccount')
    .every(([, values]) => memberValues(values).some((value) => value === account || value.includes('*')));
