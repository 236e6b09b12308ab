/** The CBOR protocol of CloudWatch, which boto3 prefers: the operation in the path, CBOR in both directions. */
// https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
import { checkCborItems } from './cbor-limits.ts';
import { checkCborSize } from './limits.ts';
import { Refusal } from './refusal.ts';
import { readCbor, writeCbor, writeCborError, type Shape } from './schemas.ts';
import { asNumber } from './simple-values.ts';
import { malformedDocument, readTyped } from './typed-values.ts';
import type { WireProtocol, WireResponse } from './wire.ts';

const OPERATION_PATH = /^\/service\/[\w.]+\/operation\/(\w+)$/;

const cborResponse = (status: number, body: Uint8Array): WireResponse => ({
  status,
  headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
  body,
});

/** Checks a simple value. Unlike JSON, CBOR has its own type for each kind of simple value. */
function readSimple(shape: Shape, value: unknown): unknown {
  if (shape.isBooleanSchema()) return typeof value === 'boolean' ? value : undefined;
  if (shape.isNumericSchema()) return asNumber(value);
  if (shape.isTimestampSchema()) return value instanceof Date ? value : undefined;
  if (shape.isBlobSchema()) return value instanceof Uint8Array ? value : undefined;
  return typeof value === 'string' ? value : undefined;
}

function parse(body: Uint8Array): unknown {
  checkCborSize(body);
  if (body.byteLength === 0) return {};
  try {
    checkCborItems(body);
    return readCbor(body);
  } catch (error) {
    throw error instanceof Refusal ? error : malformedDocument('The request body is not CBOR');
  }
}

/** @param typeOf returns the type in the body of an error */
export const makeCborProtocol = (typeOf: (refusal: Refusal) => string): WireProtocol => ({
  operation: ({ path }) => OPERATION_PATH.exec(path)?.[1],
  decode: ({ input }, request) =>
    input.isUnitSchema() ? {} : (readTyped(input, parse(request.body), '', readSimple) as object),
  encode: (operation, output) => cborResponse(200, writeCbor(operation.output, output)),
  encodeRefusal: (refused) => cborResponse(refused.status, writeCborError(typeOf(refused), refused.message)),
});
