/** The binary messages of Session Manager's data channel, as a client reads and writes them. Pure. */
import { createHash } from 'node:crypto';

/** The kinds of payload. */
export const PayloadType = {
  output: 1,
  error: 2,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  encryptionChallenge: 8,
  flag: 10,
  stderr: 11,
  exitCode: 12,
} as const;

/**
 * A message, without what follows from its payload.
 * @see https://github.com/aws/session-manager-plugin/blob/mainline/src/message/messageparser.go
 */
export interface ClientMessage {
  /** E.g. `input_stream_data`; at most 32 characters of ASCII. */
  readonly messageType: string;
  /** Its place in the stream of its direction, from 0. */
  readonly sequenceNumber: number;
  /** Bit 0: the first message of a stream; bit 1: the last. */
  readonly flags: number;
  /** A UUID with hyphens. */
  readonly messageId: string;
  /** Milliseconds since 1970. */
  readonly createdDate: number;
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/** The length that a header states: everything in front of the length of the payload. */
const STATED_LENGTH = 116;
const FIELDS = {
  messageType: [4, 32],
  schemaVersion: [36, 4],
  createdDate: [40, 8],
  sequenceNumber: [48, 8],
  flags: [56, 8],
  messageId: [64, 16],
  digest: [80, 32],
  payloadType: [112, 4],
} as const;
const SCHEMA_VERSION = 1;

const digestOf = (payload: Uint8Array): Buffer => createHash('sha256').update(payload).digest();

/** Encodes a message. */
export function encodeMessage(message: ClientMessage): Uint8Array {
  const { payload } = message;
  const bytes = new Uint8Array(STATED_LENGTH + 4 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, STATED_LENGTH);
  bytes.set(Buffer.from(message.messageType.padEnd(FIELDS.messageType[1], ' '), 'latin1'), 4);
  view.setUint32(FIELDS.schemaVersion[0], SCHEMA_VERSION);
  view.setBigUint64(FIELDS.createdDate[0], BigInt(message.createdDate));
  view.setBigInt64(FIELDS.sequenceNumber[0], BigInt(message.sequenceNumber));
  view.setBigUint64(FIELDS.flags[0], BigInt(message.flags));
  const id = BigInt(`0x${message.messageId.replaceAll('-', '')}`);
  // The lower half of the id comes first.
  view.setBigUint64(FIELDS.messageId[0], BigInt.asUintN(64, id));
  view.setBigUint64(FIELDS.messageId[0] + 8, id >> 64n);
  bytes.set(digestOf(payload), FIELDS.digest[0]);
  view.setUint32(FIELDS.payloadType[0], message.payloadType);
  view.setUint32(STATED_LENGTH, payload.length);
  bytes.set(payload, STATED_LENGTH + 4);
  return bytes;
}

/** Decodes a message; returns undefined for bytes that are no message, or that were damaged on their way. */
export function decodeMessage(bytes: Uint8Array): ClientMessage | undefined {
  if (bytes.length < STATED_LENGTH + 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lengthAt = view.getUint32(0);
  if (lengthAt < STATED_LENGTH || lengthAt + 4 > bytes.length) return undefined;
  const payload = bytes.subarray(lengthAt + 4);
  if (view.getUint32(lengthAt) !== payload.length) return undefined;
  const digest = bytes.subarray(FIELDS.digest[0], FIELDS.digest[0] + FIELDS.digest[1]);
  // Acknowledgements and the end of a channel may come without a digest.
  if (digest.some((byte) => byte !== 0) && !digestOf(payload).equals(digest)) return undefined;
  const [typeAt, typeLength] = FIELDS.messageType;
  const name = Buffer.from(bytes.subarray(typeAt, typeAt + typeLength)).toString('latin1');
  const id = (view.getBigUint64(FIELDS.messageId[0] + 8) << 64n) | view.getBigUint64(FIELDS.messageId[0]);
  return {
    messageType: name.replace(/[\0 ]+$/, ''),
    sequenceNumber: Number(view.getBigInt64(FIELDS.sequenceNumber[0])),
    flags: Number(view.getBigUint64(FIELDS.flags[0])),
    messageId: uuidText(id),
    createdDate: Number(view.getBigUint64(FIELDS.createdDate[0])),
    payloadType: view.getUint32(FIELDS.payloadType[0]),
    payload,
  };
}

const uuidText = (id: bigint): string =>
  id
    .toString(16)
    .padStart(32, '0')
    .replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
