/** The only file that uses semi-internal exports of the SDK: the schemas of operations, and the codecs for them. */
import { JsonCodec2, XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { CborCodec, cbor } from '@smithy/core/cbor';
import { NormalizedSchema } from '@smithy/core/schema';
import { asDate } from './simple-values.ts';

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];
/** A shape of the SDK's model: a structure, list, map or simple type, with its names on the wire. */
export type Shape = NormalizedSchema;

/** One operation of a service as its model describes it. */
export interface OperationShape {
  readonly name: string;
  /** Method, path template and status of a REST operation, e.g. `['GET', '/2013-04-01/hostedzone/{Id}', 200]`. */
  readonly http: readonly [method: string, path: string, status: number] | undefined;
  readonly input: Shape;
  readonly output: Shape;
}

/** The first item of an operation's schema. The schema is `[9, namespace, name, traits, input, output]`. */
const OPERATION = 9;
type LazySchemaRef = SchemaRef | (() => SchemaRef);
type OperationTuple = [
  number,
  string,
  string,
  number | { http?: [string, string, number] },
  LazySchemaRef,
  LazySchemaRef,
];

const shapeOf = (ref: LazySchemaRef): Shape => NormalizedSchema.of(typeof ref === 'function' ? ref() : ref);

/** Returns every operation that a client package exports, keyed by name. */
export function operationsOf(client: object): Map<string, OperationShape> {
  const found = new Map<string, OperationShape>();
  for (const value of Object.values(client)) {
    if (!Array.isArray(value) || value[0] !== OPERATION) continue;
    const [, , name, traits, input, output] = value as unknown as OperationTuple;
    const http = typeof traits === 'object' ? traits.http : undefined;
    // Schemas are resolved on first use: EC2 alone has more than 800 operations.
    found.set(name, {
      name,
      http,
      get input() {
        return shapeOf(input);
      },
      get output() {
        return shapeOf(output);
      },
    });
  }
  return found;
}

/** The SDK's numbers for two timestamp formats: the defaults of the XML and the JSON protocols. */
const DATE_TIME = 5;
const EPOCH_SECONDS = 7;

/** Writes a structure as XML and returns the elements inside its root. */
export function writeXml(schema: Shape, value: object): string {
  if (schema.isUnitSchema()) return '';
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: DATE_TIME },
    httpBindings: false,
    xmlNamespace: '',
    serviceNamespace: '',
  });
  serializer.write(schema, value);
  const xml = String(serializer.flush());
  return xml.endsWith('/>') ? '' : xml.slice(xml.indexOf('>') + 1, xml.lastIndexOf('</'));
}

/** Reads an XML document as a structure. The name of the root element is ignored. */
export function readXml(schema: Shape, body: Uint8Array): object {
  const deserializer = new XmlShapeDeserializer({
    timestampFormat: { useTrait: true, default: DATE_TIME },
    httpBindings: false,
    xmlNamespace: '',
    serviceNamespace: '',
  });
  return (deserializer.read(schema, body) ?? {}) as object;
}

const json = new JsonCodec2({ timestampFormat: { useTrait: true, default: EPOCH_SECONDS }, jsonName: false });

/** Writes a structure as JSON. */
export function writeJson(schema: Shape, value: object): string {
  if (schema.isUnitSchema()) return '{}';
  const serializer = json.createSerializer();
  serializer.write(schema, value);
  return new TextDecoder().decode(encoded(serializer.flush()));
}

const encoded = (text: string | Uint8Array): Uint8Array =>
  typeof text === 'string' ? new TextEncoder().encode(text) : text;

const cborCodec = new CborCodec();

/** Writes a structure as CBOR. */
export function writeCbor(schema: Shape, value: object): Uint8Array {
  const serializer = cborCodec.createSerializer();
  serializer.write(schema, schema.isUnitSchema() ? {} : value);
  return Uint8Array.from(serializer.flush());
}

/** Writes the body of an error as CBOR. */
export const writeCborError = (type: string, message: string): Uint8Array =>
  Uint8Array.from(cbor.serialize({ __type: type, message }));

/** The tag of CBOR for a time in seconds since 1970. */
const EPOCH_TAG = 1;

/** Reads a CBOR document as plain values, with dates for tagged times. @throws Error when it is not valid */
export const readCbor = (body: Uint8Array): unknown => withDates(cbor.deserialize(body));

function withDates(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withDates);
  // AWS uses no integers of more than 64 bits.
  if (typeof value === 'bigint') return undefined;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const tagged = value as { tag?: unknown; value?: unknown };
  if (Object.getOwnPropertySymbols(value).length > 0)
    return tagged.tag === EPOCH_TAG ? asDate(Number(tagged.value) * 1000) : undefined;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withDates(item)]));
}

/** The first item of an error's schema: `[-3, namespace, name, traits, …]`. */
const ERROR = -3;

/** The names of a service's error shapes, keyed by the codes of the query protocol. */
export interface QueryErrorNames {
  readonly namespace: string;
  readonly shapes: ReadonlyMap<string, string>;
}

/** Returns the error shapes that a client package exports. If several have the same code, the one named like the code wins. */
export function queryErrorNamesOf(client: object): QueryErrorNames {
  const shapes = new Map<string, string>();
  let namespace = '';
  for (const value of Object.values(client)) {
    if (!Array.isArray(value) || value[0] !== ERROR) continue;
    const [, space, name, traits] = value as [
      number,
      string,
      string,
      { awsQueryError?: [string, number] } | 0,
    ];
    const code = traits === 0 ? undefined : traits.awsQueryError?.[0];
    if (code === undefined) continue;
    namespace = space;
    if (!shapes.has(code) || name === code) shapes.set(code, name);
  }
  return { namespace, shapes };
}
