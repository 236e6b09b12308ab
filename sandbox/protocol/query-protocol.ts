/** The query protocols of EC2 (`ec2`) and of ELBv2, IAM and STS (`query`): forms as requests, XML as responses. */
import { checkFormSize } from './limits.ts';
import { readQuery, type Dialect } from './query.ts';
import { refusal } from './refusal.ts';
import { writeXml } from './schemas.ts';
import { escapeXml, xmlResponse, type WireProtocol, type WireRequest } from './wire.ts';

function formOf(request: WireRequest): URLSearchParams {
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

/**
 * Refuses a call that names no version of the API, or a version other than the sandbox's.
 * @param namespace the XML namespace of the responses, which contains the version
 */
function checkVersion(operation: string, version: string | null, dialect: Dialect, namespace: string): void {
  if (version !== null && namespace.includes(`/${version}/`)) return;
  if (dialect === 'query')
    throw refusal(
      'InvalidAction',
      `Could not find operation ${operation} for version ${version ?? 'NO_VERSION_SPECIFIED'}`,
    );
  throw version === null
    ? refusal('MissingParameter', 'The request must contain the parameter Version')
    : refusal('NoSuchVersion', `The requested version (${version}) of service AmazonEC2 does not exist`);
}

/**
 * Writes the times of a response as EC2 does: whole seconds, with three zeros. Only times are in elements with these names, and
 * a string in another element cannot contain `<`.
 */
const withZeroMilliseconds = (xml: string): string =>
  xml.replaceAll(/(<\w+(?:Time|Timestamp)>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z</g, '$1.000Z<');

/**
 * Makes the query protocol in one of its dialects.
 * @param namespace the XML namespace of the responses
 * @param options `wholeSeconds` if the service's times have no fractions of a second
 */
export function queryProtocol(
  dialect: Dialect,
  namespace: string,
  { wholeSeconds = false }: { readonly wholeSeconds?: boolean } = {},
): WireProtocol {
  return {
    operation: actionOf,
    decode(operation, request) {
      const parameters = formOf(request);
      checkVersion(operation.name, parameters.get('Version'), dialect, namespace);
      return readQuery(operation.input, parameters, dialect);
    },
    encode(operation, output, requestId) {
      const xml = writeXml(operation.output, wholeSeconds ? inWholeSeconds(output) : output);
      const content = dialect === 'ec2' ? withZeroMilliseconds(xml) : xml;
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

/** Returns a copy of an output whose dates have no fractions of a second. */
const inWholeSeconds = <T extends object>(output: T): T =>
  Object.fromEntries(Object.entries(output).map(([member, value]) => [member, cutFractions(value)])) as T;

function cutFractions(value: unknown): unknown {
  if (value instanceof Date) return new Date(Math.floor(value.getTime() / 1000) * 1000);
  if (Array.isArray(value)) return value.map(cutFractions);
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  return inWholeSeconds(value);
}
