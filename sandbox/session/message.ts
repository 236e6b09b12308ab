/** The binary messages of Session Manager's data channel, as an agent reads and writes them. Pure. */
import { createHash, randomUUID } from 'node:crypto';

/** The kinds of payload. */
export const PAYLOAD = {
  none: 0,
  output: 1,
  error: 2,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  flag: 10,
} as const;

/** The flag by which a client ends its session. */
export const TERMINATE = 2;

/**
 * A message of a data channel.
 * @see https://github.com/aws/session-manager-plugin/blob/mainline/src/message/clientmessage.go
 */
export interface AgentMessage {
  /** E.g. `output_stream_data`. */
  readonly type: string;
  /** Its place in the stream of its direction, from 0. */
  readonly sequence: number;
  readonly flags: number;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly payloadType: number;
  readonly payload: Buffer;
}

/** The length of the header in front of the length of the payload, in bytes. */
const HEADER_BYTES = 116;
const AT = {
  type: 4,
  version: 36,
  created: 40,
  sequence: 48,
  flags: 56,
  id: 64,
  digest: 80,
  payloadType: 112,
};
const TYPE_BYTES = 32;

/** Writes a message. */
export function writeMessage(message: Omit<AgentMessage, 'id'> & { readonly id?: string }): Buffer {
  const { payload } = message;
  const bytes = Buffer.alloc(HEADER_BYTES + 4 + payload.length);
  bytes.writeUInt32BE(HEADER_BYTES, 0);
  bytes.fill(' ', AT.type, AT.type + TYPE_BYTES);
  bytes.write(message.type, AT.type, TYPE_BYTES, 'latin1');
  bytes.writeUInt32BE(1, AT.version);
  bytes.writeBigUInt64BE(BigInt(message.createdAt), AT.created);
  bytes.writeBigInt64BE(BigInt(message.sequence), AT.sequence);
  bytes.writeBigUInt64BE(BigInt(message.flags), AT.flags);
  swappedId(message.id ?? randomUUID()).copy(bytes, AT.id);
  createHash('sha256').update(payload).digest().copy(bytes, AT.digest);
  bytes.writeUInt32BE(message.payloadType, AT.payloadType);
  bytes.writeUInt32BE(payload.length, HEADER_BYTES);
  payload.copy(bytes, HEADER_BYTES + 4);
  return bytes;
}

/** Reads a message; returns undefined for bytes that are not one, or whose payload does not match its digest. */
export function readMessage(bytes: Buffer): AgentMessage | undefined {
  if (bytes.length < HEADER_BYTES + 4) return undefined;
  const headerBytes = bytes.readUInt32BE(0);
  if (headerBytes < HEADER_BYTES || bytes.length < headerBytes + 4) return undefined;
  const payload = bytes.subarray(headerBytes + 4);
  if (payload.length !== bytes.readUInt32BE(headerBytes)) return undefined;
  const digest = createHash('sha256').update(payload).digest();
  if (!digest.equals(bytes.subarray(AT.digest, AT.digest + 32))) return undefined;
  return {
    type: bytes
      .toString('latin1', AT.type, AT.type + TYPE_BYTES)
      .replaceAll('\0', '')
      .trim(),
    sequence: Number(bytes.readBigInt64BE(AT.sequence)),
    flags: Number(bytes.readBigUInt64BE(AT.flags)),
    id: idIn(bytes.subarray(AT.id, AT.id + 16)),
    createdAt: Number(bytes.readBigUInt64BE(AT.created)),
    payloadType: bytes.readUInt32BE(AT.payloadType),
    payload,
  };
}

/** The second half of an id is written before the first. */
function swappedId(id: string): Buffer {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  return Buffer.concat([bytes.subarray(8), bytes.subarray(0, 8)]);
}

function idIn(bytes: Buffer): string {
  const hex = Buffer.concat([bytes.subarray(8), bytes.subarray(0, 8)]).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
