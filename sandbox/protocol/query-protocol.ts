/** The query protocols of EC2 (`ec2`) and of ELBv2, IAM and STS (`query`): forms as requests, XML as responses. */
import { checkFormSize } from './limits.ts';
import { readQuery, type Dialect } from './query.ts';
import { writeXml } from './schemas.ts';
import { escapeXml, xmlDocument, type WireProtocol, type WireRequest, type WireResponse } from './wire.ts';

function form(request: WireRequest): URLSearchParams {
  if (request.method === 'GET') return request.query;
  checkFormSize(request.body);
  return new URLSearchParams(Buffer.from(request.body).toString());
}

/** Finds the action without parsing the whole form, which may be too large. */
function actionOf(request: WireRequest): string | undefined {
  const text = request.method === 'GET' ? '' : Buffer.from(request.body).toString();
  const query =
    request.method === 'GET' ? request.query : new URLSearchParams(/(?:^|&)(Action=[^&]*)/.exec(text)?.[1]);
  return query.get('Action') ?? undefined;
}

const xml = (status: number, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: xmlDocument(body),
});

/**
 * Makes the query protocol in one of its dialects.
 * @param namespace the XML namespace of the responses
 */
export function queryProtocol(dialect: Dialect, namespace: string): WireProtocol {
  return {
    operation: actionOf,
    decode: (operation, request) => readQuery(operation.input, form(request), dialect),
    encode(operation, output, requestId) {
      const content = writeXml(operation.output, output);
      const { name } = operation;
      const body =
        dialect === 'ec2'
          ? `<requestId>${requestId}</requestId>${content}`
          : `<${name}Result>${content}</${name}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return xml(200, `<${name}Response xmlns="${namespace}">${body}</${name}Response>`);
    },
    encodeRefusal({ code, message, status }, requestId) {
      const error = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
      const type = status >= 500 ? 'Receiver' : 'Sender';
      return dialect === 'ec2'
        ? xml(
            status,
            `<Response><Errors><Error>${error}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
          )
        : xml(
            status,
            `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
          );
    },
  };
}
