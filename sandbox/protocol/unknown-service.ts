/** Refuses calls to services that the sandbox does not have, in the protocol of the call, so that the client shows the message. */
import type { Refusal } from './refusal.ts';
import { escapeXml, xmlResponse, type WireRequest, type WireResponse } from './wire.ts';

/** The services whose protocol is REST with XML. Their requests do not reveal the protocol. */
const REST_XML = ['s3-outposts', 's3express', 'cloudfront'];

/**
 * Encodes a refusal of a call to an unknown service. The protocol is derived from the request and the service's name.
 * @param service the name of the service in the signature
 * @see https://smithy.io/2.0/aws/protocols/index.html
 */
export function refuseUnknownService(
  service: string,
  request: WireRequest,
  { code, message, status }: Refusal,
  requestId: string,
): WireResponse {
  const contentType = request.headers['content-type'] ?? '';
  const isQuery = contentType.includes('x-www-form-urlencoded') || request.query.has('Action');
  const error = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  if (isQuery)
    return xmlResponse(
      status,
      `<ErrorResponse><Error><Type>Receiver</Type>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    );
  if (REST_XML.includes(service))
    return xmlResponse(status, `<Error>${error}<RequestId>${requestId}</RequestId></Error>`);
  const isJsonRpc = request.headers['x-amz-target'] !== undefined;
  return {
    status,
    headers: {
      'content-type': isJsonRpc ? contentType : 'application/json',
      'x-amzn-errortype': code,
    },
    body: JSON.stringify({ __type: code, message }),
  };
}
