/** The REST protocol of S3: the bucket is in the path or in the host, and a body is XML, a policy, or the bytes of an object. */
import { contentOf } from './aws-chunked.ts';
import { checkXmlSize } from './limits.ts';
import { refusal } from './refusal.ts';
import { placeOfS3, s3Router } from './s3-routes.ts';
import { readXml, writeXml, type OperationShape, type Shape } from './schemas.ts';
import { parseSimpleValue } from './simple-values.ts';
import { escapeXml, xmlResponse, type WireProtocol, type WireRequest, type WireResponse } from './wire.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

interface Traits {
  readonly httpLabel?: number;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpPayload?: number;
  readonly xmlName?: string;
}
const traitsOf = (shape: Shape): Traits => shape.getMergedTraits();

const malformed = () =>
  refusal(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );

function decode({ input: shape }: OperationShape, request: WireRequest): object {
  const { bucket, key } = placeOfS3(request);
  const input: Record<string, unknown> = {};
  for (const [name, member] of shape.structIterator()) {
    const { httpLabel, httpQuery, httpHeader, httpPrefixHeaders, httpPayload } = traitsOf(member);
    if (httpLabel) input[name] = name === 'Bucket' ? bucket : key;
    else if (httpPayload) input[name] = payloadOf(member, contentOf(request));
    else if (httpPrefixHeaders) input[name] = headersWithPrefix(request, httpPrefixHeaders);
    else {
      const text = httpQuery
        ? request.query.get(httpQuery)
        : request.headers[httpHeader?.toLowerCase() ?? ''];
      if (text !== null && text !== undefined) input[name] = simpleValue(member, name, text);
    }
  }
  return input;
}

function simpleValue(member: Shape, name: string, text: string): unknown {
  if (member.isListSchema()) return text.split(',').map((item) => item.trim());
  const value = member.isTimestampSchema() ? validDate(text) : parseSimpleValue(member, text);
  if (value === undefined) throw refusal('InvalidArgument', `The value of ${name} is not valid: ${text}`);
  return value;
}

const validDate = (text: string): Date | undefined => {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
};

function headersWithPrefix({ headers }: WireRequest, prefix: string): Record<string, string> | undefined {
  const found = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value]] : [],
  );
  return found.length === 0 ? undefined : (Object.fromEntries(found) as Record<string, string>);
}

function payloadOf(member: Shape, body: Uint8Array): unknown {
  if (member.isBlobSchema()) return body;
  if (body.byteLength === 0) return undefined;
  checkXmlSize(body);
  if (member.isStringSchema()) return Buffer.from(body).toString('utf8');
  try {
    const value = readXml(member, body);
    refuseNaN(value);
    return value;
  } catch {
    throw malformed();
  }
}

/** The SDK's deserializer returns NaN for a string that is not a number. */
function refuseNaN(value: unknown): void {
  if (Number.isNaN(value)) throw malformed();
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(refuseNaN);
}

const headerText = (value: unknown): string => (value instanceof Date ? value.toUTCString() : String(value));

function encode(
  { name, http, output: shape }: OperationShape,
  output: object,
  requestId: string,
): WireResponse {
  const values = output as Record<string, unknown>;
  const status = values['ContentRange'] === undefined ? (http?.[2] ?? 200) : 206;
  const headers: Record<string, string> = { 'x-amz-request-id': requestId };
  const inBody: Record<string, unknown> = {};
  let payload: [Shape, unknown] | undefined;
  if (!shape.isStructSchema()) return { status, headers, body: '' };
  for (const [member, memberShape] of shape.structIterator()) {
    const value = values[member];
    const { httpHeader, httpPrefixHeaders, httpPayload } = traitsOf(memberShape);
    if (httpPayload) payload = [memberShape, value];
    else if (value === undefined) continue;
    else if (httpHeader) headers[httpHeader.toLowerCase()] = headerText(value);
    else if (httpPrefixHeaders)
      for (const [suffix, text] of Object.entries(value as Record<string, string>))
        headers[`${httpPrefixHeaders}${suffix}`] = text;
    else inBody[member] = value;
  }
  if (payload) return withPayload(status, headers, ...payload);
  const root = traitsOf(shape).xmlName;
  if (root === undefined) return { status, headers, body: '' };
  // The only output that is a value instead of a structure.
  const content =
    name === 'GetBucketLocation'
      ? escapeXml((inBody['LocationConstraint'] as string | undefined) ?? '')
      : writeXml(shape, inBody);
  return document(status, root, content, headers);
}

const document = (status: number, root: string, content: string, headers: Record<string, string>) =>
  xmlResponse(status, `<${root} xmlns="${NAMESPACE}">${content}</${root}>`, {
    'content-type': 'application/xml',
    ...headers,
  });

function withPayload(
  status: number,
  headers: Record<string, string>,
  shape: Shape,
  value: unknown,
): WireResponse {
  if (shape.isStructSchema()) {
    const root = traitsOf(shape).xmlName ?? shape.getName() ?? '';
    return document(status, root, writeXml(shape, value as object), headers);
  }
  return { status, headers, body: (value ?? '') as string | Uint8Array };
}

/** Makes the protocol for the operations of S3. */
export const s3Protocol = (operations: Iterable<OperationShape>): WireProtocol => ({
  operation: s3Router(operations),
  decode,
  encode,
  /** A response to HEAD has no body, so clients see only its status. */
  encodeRefusal({ code, message, status, members }, requestId) {
    const { headers = {}, ...elements } = members as { headers?: Record<string, string> };
    const fields = Object.entries({ Code: code, Message: message, ...elements, RequestId: requestId });
    const content = fields.map(([name, text]) => `<${name}>${escapeXml(String(text))}</${name}>`).join('');
    return xmlResponse(status, `<Error>${content}</Error>`, {
      'content-type': 'application/xml',
      'x-amz-request-id': requestId,
      ...headers,
    });
  },
});
