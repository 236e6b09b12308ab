/** The REST protocol of Route 53: the operation follows from the method and the path, and bodies are XML. */
import { refusal } from './refusal.ts';
import { checkXmlSize } from './limits.ts';
import { parseSimpleValue } from './simple-values.ts';
import { readXml, writeXml, type OperationShape, type Shape } from './schemas.ts';
import { escapeXml, xmlResponse, type WireProtocol, type WireRequest, type WireResponse } from './wire.ts';

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

interface Bindings {
  readonly httpLabel?: number;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
}
const bindingsOf = (member: Shape): Bindings => member.getMergedTraits();

interface Route {
  readonly name: string;
  readonly method: string;
  readonly pattern: RegExp;
}

function routeOf({ name, http }: OperationShape): Route | undefined {
  if (!http) return undefined;
  const [method, template] = http;
  const path = template.split('?')[0]?.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { name, method, pattern: new RegExp(`^${path}/?$`) };
}

const invalid = (message: string) => refusal('InvalidInput', message);

function parseMember(member: Shape, name: string, text: string): unknown {
  const value = parseSimpleValue(member, text);
  if (value === undefined) throw invalid(`The value of ${name} cannot be read: ${text}`);
  return value;
}

/** Decodes one segment of a path. */
function decodeSegment(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    throw invalid(`The path contains ${label}, which is not valid`);
  }
}

function decode(operation: OperationShape, request: WireRequest): object {
  const labels = routeOf(operation)?.pattern.exec(request.path)?.groups ?? {};
  const input: Record<string, unknown> = {};
  let hasBody = false;
  for (const [name, member] of operation.input.structIterator()) {
    const { httpLabel, httpQuery, httpHeader } = bindingsOf(member);
    let text: string | null | undefined;
    if (httpLabel) text = decodeSegment(labels[name] ?? '');
    else if (httpQuery) text = request.query.get(httpQuery);
    else if (httpHeader) text = request.headers[httpHeader.toLowerCase()];
    else hasBody = true;
    if (text !== null && text !== undefined) input[name] = parseMember(member, name, text);
  }
  if (!hasBody || request.body.byteLength === 0) return input;
  return { ...readBody(operation.input, request.body), ...input };
}

function readBody(shape: Shape, body: Uint8Array): object {
  checkXmlSize(body);
  let structure: object;
  try {
    structure = readXml(shape, body);
  } catch (cause) {
    throw invalid(`The request body is not valid XML: ${String(cause)}`);
  }
  refuseNaN(structure);
  return structure;
}

/** Refuses a value that contains NaN. The SDK's deserializer returns NaN for a string that is not a number. */
function refuseNaN(value: unknown): void {
  if (Number.isNaN(value)) throw invalid('The request body contains a string where a number is required');
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(refuseNaN);
}

/** Route 53 sends no character set. */
const CONTENT_TYPE = { 'content-type': 'text/xml' };

function encode(operation: OperationShape, output: object): WireResponse {
  const headers: Record<string, string> = {};
  const inBody: Record<string, unknown> = { ...output };
  if (operation.output.isStructSchema()) {
    for (const [name, member] of operation.output.structIterator()) {
      const { httpHeader } = bindingsOf(member);
      if (!httpHeader) continue;
      const value = inBody[name] as string | number | undefined;
      if (value !== undefined) headers[httpHeader.toLowerCase()] = String(value);
      delete inBody[name];
    }
  }
  const root = `${operation.name}Response`;
  const content = writeXml(operation.output, inBody);
  return xmlResponse(operation.http?.[2] ?? 200, `<${root} xmlns="${NAMESPACE}">${content}</${root}>`, {
    ...CONTENT_TYPE,
    ...headers,
  });
}

/** Makes the REST protocol for these operations. */
export function restXmlProtocol(operations: Iterable<OperationShape>): WireProtocol {
  const routes = [...operations].map(routeOf).filter((route) => route !== undefined);
  return {
    operation: (request) =>
      routes.find(({ method, pattern }) => method === request.method && pattern.test(request.path))?.name,
    decode,
    encode,
    encodeRefusal({ code, message, status }, requestId) {
      const type = status >= 500 ? 'Receiver' : 'Sender';
      const error = `<Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
      return xmlResponse(
        status,
        `<ErrorResponse xmlns="${NAMESPACE}"><Error>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
        CONTENT_TYPE,
      );
    },
  };
}
