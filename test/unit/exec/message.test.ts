// The messages of Session Manager: their bytes, and that the two ends of the channel understand each other.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeMessage, encodeMessage, type ClientMessage } from '../../../exec/message.ts';
import { readMessage, writeMessage } from '../../../sandbox/session/message.ts';

/** The bytes of a message, written down by hand from the description of the protocol. */
const BYTES = [
  '00000074', // 116 bytes precede the length of the payload
  Buffer.from('acknowledge'.padEnd(32)).toString('hex'),
  '00000001',
  '0000018f00000000',
  '0000000000000007',
  '0000000000000003',
  '8899aabbccddeeff0011223344556677', // the second half of the id comes first
  '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', // SHA-256 of "hello"
  '00000001',
  '00000005',
  Buffer.from('hello').toString('hex'),
].join('');
const MESSAGE: ClientMessage = {
  ...{ messageType: 'acknowledge', createdDate: 0x18f00000000, sequenceNumber: 7, flags: 3 },
  messageId: '00112233-4455-6677-8899-aabbccddeeff',
  payloadType: 1,
  payload: new Uint8Array(Buffer.from('hello')),
};

const messages = fc.record({
  messageType: fc.constantFrom('input_stream_data', 'output_stream_data', 'acknowledge', 'channel_closed'),
  createdDate: fc.nat(),
  sequenceNumber: fc.maxSafeNat(),
  flags: fc.nat(3),
  messageId: fc.uuid(),
  payloadType: fc.nat(12),
  payload: fc.uint8Array({ maxLength: 2000 }),
});

test('a message has the bytes of the protocol', () => {
  expect(Buffer.from(encodeMessage(MESSAGE)).toString('hex')).toBe(BYTES);
  expect(decodeMessage(Buffer.from(BYTES, 'hex'))).toEqual({ ...MESSAGE, payload: Buffer.from('hello') });
});

test('a message that is encoded and decoded is the same', () => {
  fc.assert(
    fc.property(messages, (message) => {
      expect(decodeMessage(encodeMessage(message))).toEqual(message);
    }),
  );
});

test('the agent of the sandbox reads what the client writes, and the reverse', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const { messageType: type, sequenceNumber: sequence, messageId: id, createdDate: createdAt } = message;
      const { flags, payloadType } = message;
      const payload = Buffer.from(message.payload);
      const inSandbox = { type, sequence, id, createdAt, flags, payloadType, payload };
      expect(readMessage(Buffer.from(encodeMessage(message)))).toEqual(inSandbox);
      expect(decodeMessage(new Uint8Array(writeMessage(inSandbox)))).toEqual(message);
    }),
  );
});

test('damaged and foreign bytes are no message', () => {
  fc.assert(
    fc.property(messages, fc.nat(), (message, place) => {
      const bytes = encodeMessage({ ...message, payload: Buffer.from('payload') });
      const at = bytes.length - 1 - (place % 7);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      expect(decodeMessage(bytes)).toBeUndefined();
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 119 }), (bytes) => decodeMessage(bytes) === undefined));
  expect(decodeMessage(encodeMessage(MESSAGE).subarray(0, -1))).toBeUndefined();
});
