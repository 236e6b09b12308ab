/** The only file that uses semi-internal exports of the SDK: the schemas of operations, and the codecs for them. */
import { JsonCodec2, XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';

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

/** Lists every operation that a client package exports, by name. */
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
