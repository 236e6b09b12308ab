/** The JSON 1.1 protocol of ECS, ECR and CloudWatch Logs: the operation in a header, JSON both ways. */
import { refusal } from './refusal.ts';
import { readJson, writeJson, type Shape } from './schemas.ts';
import type { Protocol, WireResponse } from './wire.ts';

const json = (status: number, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body,
});

/** Refuses members that the shape does not have: a typing mistake must not pass for a choice. */
function refuseUnknown(shape: Shape, value: unknown, at: string): void {
  if (value === null || typeof value !== 'object') return;
  if (shape.isListSchema() && Array.isArray(value)) {
    value.forEach((item, index) => refuseUnknown(shape.getValueSchema(), item, `${at}[${index}]`));
  } else if (shape.isMapSchema()) {
    for (const [key, item] of Object.entries(value))
      refuseUnknown(shape.getValueSchema(), item, `${at}.${key}`);
  } else if (shape.isStructSchema()) {
    const members = shape.getMemberSchemas();
    for (const [key, item] of Object.entries(value)) {
      const member = members[key];
      if (!member) throw refusal('SerializationException', `Unknown member ${at ? `${at}.` : ''}${key}`);
      refuseUnknown(member, item, at ? `${at}.${key}` : key);
    }
  }
}

function parse(body: Uint8Array): unknown {
  try {
    return body.byteLength === 0 ? {} : JSON.parse(Buffer.from(body).toString());
  } catch {
    throw refusal('SerializationException', 'The request body is not JSON');
  }
}

export const jsonProtocol: Protocol = {
  operation: (request) => request.headers['x-amz-target']?.split('.').at(-1),
  async decode(operation, request) {
    refuseUnknown(operation.input, parse(request.body), '');
    return readJson(operation.input, request.body);
  },
  encode: (operation, output) => json(200, writeJson(operation.output, output)),
  encodeRefusal: ({ code, message, status }) => json(status, JSON.stringify({ __type: code, message })),
};
