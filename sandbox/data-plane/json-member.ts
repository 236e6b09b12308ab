/** Selects a member of a secret whose value is JSON, with the errors of ECS. */

/** The member as a string, or the error in ECS's words. */
type Member = { readonly value: string } | { readonly error: string };

/**
 * Returns the value of a top-level member. A string is returned as it is, and any other value as JSON.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export function jsonMember(text: string, key: string): Member {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: syntaxError(text) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { error: `json: cannot unmarshal ${kindOf(value)} into Go value of type map[string]interface {}` };
  if (!Object.hasOwn(value, key))
    return { error: `retrieved secret from Secrets Manager did not contain json key ${key}` };
  const member: unknown = (value as Record<string, unknown>)[key];
  return { value: typeof member === 'string' ? member : JSON.stringify(member) };
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;

/** Go's message about a value that is not JSON. Where in the value the error is decides about the rest, so it is approximate. */
const syntaxError = (text: string): string => {
  const first = /\S/.exec(text)?.[0];
  return first === undefined || /["{[\d-]/.test(first)
    ? 'unexpected end of JSON input'
    : `invalid character '${first}' looking for beginning of value`;
};
