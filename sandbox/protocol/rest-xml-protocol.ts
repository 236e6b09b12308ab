/** The REST protocol of Route 53: the operation in method and path, XML both ways. */
import { refusal } from './refusal.ts';
import { readXml, writeXml, type OperationShape, type Shape } from './schemas.ts';
import { escapeXml, XML_DECLARATION, type Protocol, type WireRequest, type WireResponse } from './wire.ts';

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

interface Bindings {
  readonly httpLabel?: number;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
}
const bindings = (member: Shape): Bindings => member.getMergedTraits();

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

const simple = (member: Shape, text: string): unknown => {
  if (member.isNumericSchema()) return Number(text);
  if (member.isBooleanSchema()) return text === 'true';
  return text;
};

function decode(operation: OperationShape, request: WireRequest): object {
  const labels = routeOf(operation)?.pattern.exec(request.path)?.groups ?? {};
  const input: Record<string, unknown> = {};
  let hasBody = false;
  for (const [name, member] of operation.input.structIterator()) {
    const { httpLabel, httpQuery, httpHeader } = bindings(member);
    let text: string | null | undefined;
    if (httpLabel) text = decodeURIComponent(labels[name] ?? '');
    else if (httpQuery) text = request.query.get(httpQuery);
    else if (httpHeader) text = request.headers[httpHeader.toLowerCase()];
    else hasBody = true;
    if (text !== null && text !== undefined) input[name] = simple(member, text);
  }
  if (!hasBody || request.body.byteLength === 0) return input;
  try {
    return { ...readXml(operation.input, request.body), ...input };
  } catch (cause) {
    throw refusal('InvalidInput', `The request body is not valid XML: ${String(cause)}`);
  }
}

const xml = (status: number, headers: Record<string, string>, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/xml', ...headers },
  body: XML_DECLARATION + body,
});

function encode(operation: OperationShape, output: object): WireResponse {
  const headers: Record<string, string> = {};
  const inBody: Record<string, unknown> = { ...output };
  if (operation.output.isStructSchema()) {
    for (const [name, member] of operation.output.structIterator()) {
      const { httpHeader } = bindings(member);
      if (!httpHeader) continue;
      const value = inBody[name] as string | number | undefined;
      if (value !== undefined) headers[httpHeader.toLowerCase()] = String(value);
      delete inBody[name];
    }
  }
  const root = `${operation.name}Response`;
  const content = writeXml(operation.output, inBody);
  return xml(operation.http?.[2] ?? 200, headers, `<${root} xmlns="${NAMESPACE}">${content}</${root}>`);
}

/** The REST protocol for these operations. */
export function restXmlProtocol(operations: Iterable<OperationShape>): Protocol {
  const routes = [...operations].map(routeOf).filter((route) => route !== undefined);
  return {
    operation: (request) =>
      routes.find(({ method, pattern }) => method === request.method && pattern.test(request.path))?.name,
    decode: async (operation, request) => decode(operation, request),
    encode,
    encodeRefusal({ code, message, status }, requestId) {
      const type = status >= 500 ? 'Receiver' : 'Sender';
      const error = `<Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
      return xml(
        status,
        {},
        `<ErrorResponse xmlns="${NAMESPACE}"><Error>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      );
    },
  };
}
