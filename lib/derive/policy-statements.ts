/** Reads the statements of a policy that belongs to someone else: any member may be missing, or of another type. Pure. */

/** A statement, as far as it is known. */
export interface UnknownStatement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Returns the values of a member, which may be one value or a list. */
export const memberValues = (value: unknown): string[] => [value ?? []].flat().map(String);

/** Returns the statements of a policy; none if it is invalid. @param text the policy as JSON */
export function statementsIn(text: string): UnknownStatement[] {
  try {
    const { Statement = [] } = Object(JSON.parse(text)) as { Statement?: unknown };
    return [Statement].flat().map((statement) => Object(statement) as UnknownStatement);
  } catch {
    return [];
  }
}
