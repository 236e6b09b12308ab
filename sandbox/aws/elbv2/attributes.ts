/** Reading and changing the attributes of load balancers, target groups and listeners. */
import type { Refusal } from '../../protocol/refusal.ts';
import { validation } from './errors.ts';

/** Checks the value of a key, and returns the refusal of an invalid or unsupported value. */
export type AttributeRule = (value: string, key: string) => Refusal | undefined;
/** The attributes of one kind of resource in AWS's order, each with its default value and the rule for new values. */
export type AttributeTable = Readonly<Record<string, readonly [defaultValue: string, rule: AttributeRule]>>;

/** Returns the default values of all attributes. */
export const defaultsOf = (table: AttributeTable): Record<string, string> =>
  Object.fromEntries(Object.entries(table).map(([key, [defaultValue]]) => [key, defaultValue]));

interface Attribute {
  Key?: string;
  Value?: string;
}

/** Returns attributes as AWS lists them. */
export const attributeList = (attributes: Record<string, string>): Attribute[] =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));

/**
 * Returns the attributes after the changes of a call.
 * @param subject the start of AWS's message: `Load balancer`, `Target group` or `Listener`
 * @throws ValidationError for an unknown key or an invalid value, NotImplemented for an unsupported value
 */
export function changedAttributes(
  current: Record<string, string>,
  changes: readonly Attribute[] | undefined,
  table: AttributeTable,
  subject: string,
): Record<string, string> {
  const next = { ...current };
  for (const { Key = '', Value = '' } of changes ?? []) {
    const [, rule] = (Object.hasOwn(table, Key) ? table[Key] : undefined) ?? [];
    if (!rule) throw validation(`${subject} attribute key '${Key}' is not recognized`);
    const fault = rule(Value, Key);
    if (fault) throw fault;
    next[Key] = Value;
  }
  return next;
}
