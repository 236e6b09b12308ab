/** Reads trust policies of roles that belong to someone else. Pure. */

/** A statement of a trust policy, as far as it is known. */
interface TrustStatement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const valuesOf = (value: unknown): string[] => [value ?? []].flat().map(String);

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
      valuesOf(Action).some((action) => ['sts:assumerole', 'sts:*', '*'].includes(action.toLowerCase())) &&
      (Principal === '*' ||
        valuesOf((Principal as { Service?: unknown } | undefined)?.Service).includes(service)) &&
      isForAccount(Condition, account),
  );
}

const isForAccount = (conditions: NonNullable<TrustStatement['Condition']>, account: string): boolean =>
  Object.entries(conditions)
    .filter(([operator]) => /^String(Equals|Like)$/.test(operator))
    .flatMap(([, keys]) => Object.entries(keys))
    .filter(([key]) => key.toLowerCase() === 'aws:sourceaccount')
    .every(([, values]) => valuesOf(values).some((value) => value === account || value.includes('*')));

function statementsIn(text: string): TrustStatement[] {
  try {
    const { Statement = [] } = Object(JSON.parse(text)) as { Statement?: unknown };
    return [Statement].flat().map((statement) => Object(statement) as TrustStatement);
  } catch {
    return [];
  }
}
