// A channel delivers output in order and once, whatever arrives, and repeats input until it is acknowledged.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeChannel } from '../../../exec/channel.ts';
import { decodeMessage, encodeMessage, type ClientMessage } from '../../../exec/message.ts';

const ID = '00112233-4455-6677-8899-aabbccddeeff';
const message = (messageType: string, sequenceNumber: number, payload: string): ClientMessage => ({
  ...{ messageType, sequenceNumber, flags: 0, messageId: ID, createdDate: 0, payloadType: 1 },
  payload: Buffer.from(payload),
});
const output = (sequence: number) => encodeMessage(message('output_stream_data', sequence, String(sequence)));
const acknowledgement = (sequence: number) =>
  encodeMessage(message('acknowledge', 0, JSON.stringify({ AcknowledgedMessageSequenceNumber: sequence })));

/** Makes a channel whose time passes when `pass` is called. */
function scene() {
  let now = 0;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  const sent: ClientMessage[] = [];
  const received: string[] = [];
  const reasons: string[] = [];
  const channel = makeChannel({
    send: (bytes) => {
      const decoded = decodeMessage(bytes);
      if (decoded) sent.push(decoded);
    },
    onOutput: ({ payload }) => received.push(Buffer.from(payload).toString()),
    onClosed: (reason) => reasons.push(reason),
    clock: {
      now: () => now,
      sleep: (ms, signal) =>
        new Promise((wake, reject) => {
          sleepers.add({ until: now + ms, wake });
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    },
  });
  const pass = async (ms: number) => {
    now += ms;
    for (const sleeper of [...sleepers]) if (sleeper.until <= now && sleepers.delete(sleeper)) sleeper.wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const inputs = () =>
    sent.filter(({ messageType }) => messageType === 'input_stream_data').map((one) => one.sequenceNumber);
  return { channel, sent, received, reasons, pass, inputs };
}

test('delivers output in order and once, in whatever order and however often it arrives', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (arrivals) => {
      const { channel, received, sent } = scene();
      const all = [...arrivals, ...Array.from({ length: 21 }, (_, index) => index)];
      for (const sequence of all) channel.receive(output(sequence));
      expect(received).toEqual(Array.from({ length: 21 }, (_, index) => String(index)));
      // Every arrival is acknowledged, since an earlier acknowledgement may be lost.
      expect(sent).toHaveLength(all.length);
      channel.close();
    }),
    { numRuns: 50 },
  );
});

test('acknowledges with the type, the id and the number of the message', () => {
  const { channel, sent } = scene();
  channel.receive(output(0));
  expect(sent[0]).toMatchObject({ messageType: 'acknowledge', flags: 3 });
  expect(JSON.parse(Buffer.from(sent[0]?.payload ?? []).toString())).toEqual({
    AcknowledgedMessageType: 'output_stream_data',
    AcknowledgedMessageId: ID,
    AcknowledgedMessageSequenceNumber: 0,
    IsSequentialMessage: true,
  });
  channel.close();
});

test('repeats input until it is acknowledged, and no longer', async () => {
  const { channel, inputs, pass } = scene();
  channel.send(1, Buffer.from('a'));
  channel.send(1, Buffer.from('b'));
  expect(inputs()).toEqual([0, 1]);
  channel.receive(acknowledgement(0));
  await pass(1000);
  expect(inputs()).toEqual([0, 1, 1]);
  channel.receive(encodeMessage(message('pause_publication', 0, '{}')));
  await pass(1000);
  expect(inputs()).toEqual([0, 1, 1]);
  channel.receive(encodeMessage(message('start_publication', 0, '{}')));
  await pass(1000);
  expect(inputs()).toEqual([0, 1, 1, 1]);
  channel.receive(acknowledgement(1));
  expect(channel.isWaiting).toBe(false);
  await pass(5000);
  expect(inputs()).toEqual([0, 1, 1, 1]);
  channel.close();
});

test('lets input wait while too much of it is not acknowledged', async () => {
  const { channel } = scene();
  for (let count = 0; count < 64; count += 1) channel.send(1, Buffer.from('x'));
  let isReady = false;
  const ready = channel.whenReady().then(() => (isReady = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isReady).toBe(false);
  channel.receive(acknowledgement(63));
  await ready;
  channel.close();
});

test('reports the reason of AWS for the end of a session', () => {
  const { channel, reasons } = scene();
  channel.receive(encodeMessage(message('channel_closed', 0, JSON.stringify({ Output: 'timed out' }))));
  channel.receive(encodeMessage(message('channel_closed', 0, 'no JSON')));
  expect(reasons).toEqual(['timed out', '']);
  channel.close();
});
