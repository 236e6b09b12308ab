/** The JSON protocols of ECS, ECR, CloudWatch and others: the operation in a header, JSON in both directions. */
import { checkJsonSize } from './limits.ts';
import type { Refusal } from './refusal.ts';
import { writeJson, type Shape } from './schemas.ts';
import { asDate, asNumber, parseSimpleValue } from './simple-values.ts';
import { malformedDocument, readTyped } from './typed-values.ts';
import type { WireProtocol, WireResponse } from './wire.ts';

const jsonResponse = (status: number, body: string, version: string): WireResponse => ({
  status,
  headers: { 'content-type': `application/x-amz-json-${version}` },
  body,
});

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
    throw malformedDocument('The request body is not JSON');
  }
}

/**
 * Makes the JSON protocol in one of its versions.
 * @param version the version in the content type
 * @param typeOf returns the type in the body of an error; by default the code of the refusal
 */
export const makeJsonProtocol = (
  version: '1.0' | '1.1',
  typeOf: (refusal: Refusal) => string = ({ code }) => code,
): WireProtocol => ({
  operation: (request) => request.headers['x-amz-target']?.split('.').at(-1),
  decode: ({ input }, request) =>
    input.isUnitSchema()
      ? {}
      : (readTyped(input, parse(request.body, hasBlob(input)), '', readSimple) as object),
  encode: (operation, output) => jsonResponse(200, writeJson(operation.output, output), version),
  encodeRefusal: (refused) =>
    jsonResponse(
      refused.status,
      JSON.stringify({ __type: typeOf(refused), message: refused.message, ...refused.members }),
      version,
    ),
});

export const jsonProtocol: WireProtocol = makeJsonProtocol('1.1');
