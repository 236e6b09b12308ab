/** Services that once had only the query protocol and now accept several, such as CloudWatch. The request selects one. */
import { gunzipSync } from 'node:zlib';
import { makeCborProtocol } from './cbor-protocol.ts';
import { makeJsonProtocol } from './json-protocol.ts';
import { MAX_FORM_OR_XML_BYTES } from './limits.ts';
import { queryProtocol } from './query-protocol.ts';
import { refusal, type Refusal } from './refusal.ts';
import type { QueryErrorNames } from './schemas.ts';
import type { ProtocolChoice, WireProtocol, WireRequest } from './wire.ts';

/**
 * Makes the choice between CBOR, JSON and query. Refusals carry the code of the query protocol. The other protocols return the
 * name of the error's shape in the body, and the code in a header.
 * @param namespace the XML namespace of the query protocol
 * @param names the names of error shapes, keyed by the code of the query protocol
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
 */
export function queryCompatible(namespace: string, names: QueryErrorNames): ProtocolChoice {
  const typeOf = ({ code }: Refusal): string => {
    const name = names.shapes.get(code);
    return name === undefined ? code : `${names.namespace}#${name}`;
  };
  const cbor = compressible(withQueryErrorHeader(makeCborProtocol(typeOf)));
  const json = compressible(withQueryErrorHeader(makeJsonProtocol('1.0', typeOf)));
  const query = compressible(queryProtocol('query', namespace));
  return ({ headers }) => {
    if (headers['smithy-protocol'] === 'rpc-v2-cbor') return cbor;
    return headers['x-amz-target'] === undefined ? query : json;
  };
}

function withQueryErrorHeader(protocol: WireProtocol): WireProtocol {
  return {
    ...protocol,
    encodeRefusal(refused, requestId) {
      const response = protocol.encodeRefusal(refused, requestId);
      const fault = refused.status >= 500 ? 'Receiver' : 'Sender';
      return {
        ...response,
        headers: { ...response.headers, 'x-amzn-query-error': `${refused.code};${fault}` },
      };
    },
  };
}

/** Lets clients compress requests with gzip, as the SDKs do with large ones. */
const compressible = (protocol: WireProtocol): WireProtocol => ({
  ...protocol,
  operation(request) {
    const decompressed = decompress(request);
    return decompressed && protocol.operation(decompressed);
  },
  decode(operation, request) {
    const decompressed = decompress(request);
    if (decompressed) return protocol.decode(operation, decompressed);
    throw refusal('SerializationException', 'The request body is not valid gzip, or it is too large');
  },
});

/** Decompresses the body of a request. Returns undefined if it is not valid gzip, or if the result would be too large. */
function decompress(request: WireRequest): WireRequest | undefined {
  if (request.headers['content-encoding'] !== 'gzip') return request;
  if (request.body.byteLength > MAX_FORM_OR_XML_BYTES) return undefined;
  try {
    return { ...request, body: gunzipSync(request.body, { maxOutputLength: MAX_FORM_OR_XML_BYTES }) };
  } catch {
    return undefined;
  }
}
