/** The query protocols of EC2 (`ec2`) and of ELBv2, IAM and STS (`query`): forms as requests, XML as responses. */
import { readQuery, type Dialect } from './query.ts';
import { writeXml } from './schemas.ts';
import {
  escapeXml,
  XML_DECLARATION,
  type WireProtocol,
  type WireRequest,
  type WireResponse,
} from './wire.ts';

const formOf = (request: WireRequest): URLSearchParams =>
  request.method === 'GET' ? request.query : new URLSearchParams(Buffer.from(request.body).toString());

const xmlResponse = (status: number, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: XML_DECLARATION + body,
});

/**
 * Makes the query protocol in one of its dialects.
 * @param namespace the XML namespace of the responses
 */
export function queryProtocol(dialect: Dialect, namespace: string): WireProtocol {
  return {
    operation: (request) => formOf(request).get('Action') ?? undefined,
    decode: (operation, request) => readQuery(operation.input, formOf(request), dialect),
    encode(operation, output, requestId) {
      const content = writeXml(operation.output, output);
      const { name } = operation;
      const body =
        dialect === 'ec2'
          ? `<requestId>${requestId}</requestId>${content}`
          : `<${name}Result>${content}</${name}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return xmlResponse(200, `<${name}Response xmlns="${namespace}">${body}</${name}Response>`);
    },
    encodeRefusal({ code, message, status }, requestId) {
      const error = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
      const type = status >= 500 ? 'Receiver' : 'Sender';
      return dialect === 'ec2'
        ? xmlResponse(
            status,
            `<Response><Errors><Error>${error}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
          )
        : xmlResponse(
            status,
            `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
          );
    },
  };
}
