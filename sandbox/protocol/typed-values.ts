/** Converts parsed documents, such as JSON and CBOR, to the types of AWS's shapes. */
import { refusal } from './refusal.ts';
import type { Shape } from './schemas.ts';

/** Returns the refusal of a document that does not match its shape. */
export const malformedDocument = (message: string) => refusal('SerializationException', message);

/** Converts a value of a simple type, or returns undefined if the value does not have this type. */
export type SimpleReader = (shape: Shape, value: unknown) => unknown;

/**
 * Converts a parsed value to the types of a shape: timestamps become dates, blobs become bytes, and null members are omitted.
 * Members that the shape does not have are refused, so that a misspelled name is not silently ignored.
 * @param path the path of the value in its document, for messages
 * @param readSimple reads the simple types of the format
 * @throws SerializationException
 */
export function readTyped(shape: Shape, value: unknown, path: string, readSimple: SimpleReader): unknown {
  if (shape.isListSchema()) {
    if (!Array.isArray(value)) throw malformedDocument(`${path} must be a list`);
    return value.map((item, index) =>
      readTyped(shape.getValueSchema(), item, `${path}[${index}]`, readSimple),
    );
  }
  if (shape.isMapSchema() || shape.isStructSchema()) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw malformedDocument(`${path || 'The request body'} must be a structure`);
    }
    const members = shape.isMapSchema() ? undefined : shape.getMemberSchemas();
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const memberPath = path ? `${path}.${key}` : key;
        if (members && !Object.hasOwn(members, key)) throw malformedDocument(`Unknown member ${memberPath}`);
        const member = members?.[key] ?? shape.getValueSchema();
        return item === null ? [] : [[key, readTyped(member, item, memberPath, readSimple)]];
      }),
    );
  }
  const simple = readSimple(shape, value);
  if (simple === undefined) throw malformedDocument(`${path} cannot be read: ${JSON.stringify(value)}`);
  return simple;
}
