/** The JSON 1.1 protocol of ECS, ECR and CloudWatch Logs: the operation in a header, JSON in both directions. */
import { checkJsonSize } from './limits.ts';
import { refusal } from './refusal.ts';
import { writeJson, type Shape } from './schemas.ts';
import { asDate, asNumber, parseSimpleValue } from './simple-values.ts';
import type { WireProtocol, WireResponse } from './wire.ts';

const jsonResponse = (status: number, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body,
});

const malformed = (message: string) => refusal('SerializationException', message);

/**
 * Converts parsed JSON to the types of a shape: timestamps become dates, blobs become bytes, and null members are omitted.
 * Members that the shape does not have are refused, so that a misspelled name is not silently ignored.
 */
function read(shape: Shape, value: unknown, path: string): unknown {
  if (shape.isListSchema()) {
    if (!Array.isArray(value)) throw malformed(`${path} must be a list`);
    return value.map((item, index) => read(shape.getValueSchema(), item, `${path}[${index}]`));
  }
  if (shape.isMapSchema() || shape.isStructSchema()) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw malformed(`${path || 'The request body'} must be a structure`);
    }
    const members = shape.isMapSchema() ? undefined : shape.getMemberSchemas();
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const memberPath = path ? `${path}.${key}` : key;
        if (members && !Object.hasOwn(members, key)) throw malformed(`Unknown member ${memberPath}`);
        const member = members?.[key] ?? shape.getValueSchema();
        return item === null ? [] : [[key, read(member, item, memberPath)]];
      }),
    );
  }
  const simple = readSimple(shape, value);
  if (simple === undefined) throw malformed(`${path} cannot be read: ${JSON.stringify(value)}`);
  return simple;
}

/** Converts a simple value. On the wire, bytes are base64, and timestamps are seconds since 1970. */
function readSimple(shape: Shape, value: unknown): unknown {
  if (shape.isBooleanSchema()) return typeof value === 'boolean' ? value : undefined;
  if (shape.isNumericSchema()) return asNumber(value);
  if (shape.isTimestampSchema()) return asDate(Number(asNumber(value)) * 1000);
  return typeof value === 'string' ? parseSimpleValue(shape, value) : undefined;
}

const hasBlob = (input: Shape): boolean =>
  [...input.structIterator()].some(([, member]) => member.isBlobSchema());

function parse(body: Uint8Array, inputHasBlob: boolean): unknown {
  checkJsonSize(body, inputHasBlob);
  try {
    return body.byteLength === 0 ? {} : JSON.parse(Buffer.from(body).toString());
  } catch {
    throw malformed('The request body is not JSON');
  }
}

export const jsonProtocol: WireProtocol = {
  operation: (request) => request.headers['x-amz-target']?.split('.').at(-1),
  decode: ({ input }, request) =>
    input.isUnitSchema() ? {} : (read(input, parse(request.body, hasBlob(input)), '') as object),
  encode: (operation, output) => jsonResponse(200, writeJson(operation.output, output)),
  encodeRefusal: ({ code, message, status, members }) =>
    jsonResponse(status, JSON.stringify({ __type: code, message, ...members })),
};
