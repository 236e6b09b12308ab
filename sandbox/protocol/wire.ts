/** The types of requests and responses on the wire, and the interface of a wire protocol. */
import type { OperationShape } from './schemas.ts';
import type { Refusal } from './refusal.ts';

/** A request as the server received it. */
export interface WireRequest {
  readonly method: string;
  /** The path without its query string. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** A response for the server to send. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The wire protocol of a service. */
export interface WireProtocol {
  /** Returns the name of the operation that a request calls; undefined when the request does not name one. */
  operation(request: WireRequest): string | undefined;
  /** @throws Refusal when the request is not a valid input of the operation */
  decode(operation: OperationShape, request: WireRequest): object;
  encode(operation: OperationShape, output: object, requestId: string): WireResponse;
  encodeRefusal(refusal: Refusal, requestId: string): WireResponse;
}

/** Selects the protocol of a request. A service may accept several. */
export type ProtocolChoice = (request: WireRequest) => WireProtocol;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes a string for an XML element. */
export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c);

/** The characters that XML 1.0 cannot represent, not even as a reference. A parser rejects a document that contains one. */
const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * Makes a response with an XML document. A character that XML cannot represent becomes U+FFFD.
 * @param headers additional headers, which may replace the content type
 */
export const xmlResponse = (
  status: number,
  content: string,
  headers: Readonly<Record<string, string>> = {},
): WireResponse => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8', ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${content.replace(NOT_IN_XML, '\ufffd')}`,
});
