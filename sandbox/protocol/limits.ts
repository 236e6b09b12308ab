/** Limits for the input of a call, so that no client can make the sandbox parse for a long time. */
import { refusal } from './refusal.ts';

/** Real inputs are far below these limits, except the parts of an image layer, which are base64 in JSON. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_LAYER_PART_BYTES = 32 * 1024 * 1024;
export const MAX_FORM_OR_XML_BYTES = 1024 * 1024;
const MAX_VALUES = 50_000;
const MAX_PARAMETERS = 10_000;
const MAX_JSON_DEPTH = 64;

const [QUOTE, BACKSLASH, COMMA] = [...Buffer.from('"\\,')];
const OPENING = new Set(Buffer.from('{['));
const CLOSING = new Set(Buffer.from('}]'));

const tooLarge = (what: string, limit: number, unit: string) =>
  refusal('RequestEntityTooLarge', `The ${what} is too large; the limit is ${limit} ${unit}`, 413);

/**
 * Checks the size of a form, before it is parsed.
 * @throws RequestEntityTooLarge for more than 1 MiB or 10,000 parameters
 */
export function checkFormSize(body: Uint8Array): void {
  if (body.byteLength > MAX_FORM_OR_XML_BYTES) throw tooLarge('form', MAX_FORM_OR_XML_BYTES, 'bytes');
  const ampersand = '&'.charCodeAt(0);
  if (body.reduce((sum, byte) => (byte === ampersand ? sum + 1 : sum), 1) > MAX_PARAMETERS)
    throw tooLarge('form', MAX_PARAMETERS, 'parameters');
}

/**
 * Checks the size of an XML document, before it is parsed.
 * @throws RequestEntityTooLarge for more than 1 MiB
 */
export function checkXmlSize(body: Uint8Array): void {
  if (body.byteLength > MAX_FORM_OR_XML_BYTES) throw tooLarge('document', MAX_FORM_OR_XML_BYTES, 'bytes');
}

/**
 * Checks the size of a CBOR document, before it is parsed.
 * @throws RequestEntityTooLarge for more than 1 MiB
 */
export function checkCborSize(body: Uint8Array): void {
  if (body.byteLength > MAX_FORM_OR_XML_BYTES) throw tooLarge('document', MAX_FORM_OR_XML_BYTES, 'bytes');
}

/**
 * Checks the size and depth of a JSON document, before it is parsed. It does not check whether the document is valid.
 * @param hasBlob whether the input has a member for bytes
 * @throws RequestEntityTooLarge for more than 4 MiB (32 MiB if `hasBlob`) or 50,000 values
 * @throws SerializationException for more than 64 levels
 */
export function checkJsonSize(body: Uint8Array, hasBlob: boolean): void {
  const maxBytes = hasBlob ? MAX_LAYER_PART_BYTES : MAX_BYTES;
  if (body.byteLength > maxBytes) throw tooLarge('document', maxBytes, 'bytes');
  let depth = 0;
  let values = 1;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index] ?? 0;
    if (byte === QUOTE) index = endOfString(body, index);
    else if (byte === COMMA) values += 1;
    else if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte)) depth -= 1;
    if (depth > MAX_JSON_DEPTH)
      throw refusal('SerializationException', `The request body has more than ${MAX_JSON_DEPTH} levels`);
    if (values > MAX_VALUES) throw tooLarge('document', MAX_VALUES, 'values');
  }
}

/** Returns the position of the quotation mark that ends a string, or the end of the body. */
function endOfString(body: Uint8Array, start: number): number {
  for (let end = body.indexOf(QUOTE ?? 0, start + 1); end >= 0; end = body.indexOf(QUOTE ?? 0, end + 1)) {
    let backslashes = 0;
    while (body[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return body.length;
}
