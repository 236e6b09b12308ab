/** The client's end of a data channel: delivers output in order and once, and repeats input until it is acknowledged. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../lib/model/clock.ts';
import { decodeMessage, encodeMessage, type ClientMessage } from './message.ts';

/** How long to wait for an acknowledgement before a message is sent again, in milliseconds. */
const RESEND_MS = 1_000;
/** How many messages may wait for their acknowledgement; beyond it, the input waits. */
const MAX_UNACKNOWLEDGED = 64;
/** How many messages may wait for an earlier one, as in AWS's own client. */
const MAX_EARLY = 10_000;

/** One end of a data channel. */
export interface Channel {
  /** Takes bytes from the socket. */
  receive(bytes: Uint8Array): void;
  /** Sends a message of the input stream. */
  send(payloadType: number, payload: Uint8Array): void;
  /** Resolves when more input may be sent, or the channel is closed. */
  whenReady(): Promise<void>;
  /** Whether the agent has not acknowledged everything. */
  readonly isWaiting: boolean;
  close(): void;
}

/** The other ends of a channel. */
export interface ChannelOptions {
  readonly send: (bytes: Uint8Array) => void;
  /** Receives the output in order, each message once. */
  readonly onOutput: (message: ClientMessage) => void;
  /** Receives AWS's reason for the end of the session, which may be empty. */
  readonly onClosed: (reason: string) => void;
  readonly clock: Clock;
}

/** @see https://github.com/aws/session-manager-plugin/blob/mainline/src/datachannel/streaming.go */
export function makeChannel({ send, onOutput, onClosed, clock }: ChannelOptions): Channel {
  const unacknowledged = new Map<number, { readonly bytes: Uint8Array; sentAt: number }>();
  const early = new Map<number, ClientMessage>();
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let nextInput = 0;
  let expected = 0;
  let isPaused = false;

  /** Sends messages again until the channel is closed: the agent may have missed them, or its acknowledgements got lost. */
  async function resend(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(RESEND_MS, closing.signal).catch(() => undefined);
      if (closing.signal.aborted || isPaused) continue;
      for (const message of unacknowledged.values()) {
        if (clock.now() - message.sentAt < RESEND_MS) continue;
        message.sentAt = clock.now();
        send(message.bytes);
      }
    }
  }
  void resend();

  const wake = () => {
    for (const listener of [...listeners]) listener();
  };

  function acknowledge({ messageType, messageId, sequenceNumber }: ClientMessage): void {
    const content = {
      AcknowledgedMessageType: messageType,
      AcknowledgedMessageId: messageId,
      AcknowledgedMessageSequenceNumber: sequenceNumber,
      IsSequentialMessage: true,
    };
    const payload = Buffer.from(JSON.stringify(content));
    send(encodeMessage({ ...newMessage('acknowledge', 0, 0, payload), flags: 3 }));
  }

  const newMessage = (
    messageType: string,
    sequenceNumber: number,
    payloadType: number,
    payload: Uint8Array,
  ): ClientMessage => ({
    ...{ messageType, sequenceNumber, payloadType, payload },
    ...{ flags: 0, messageId: randomUUID(), createdDate: Math.trunc(clock.now()) },
  });

  function takeOutput(message: ClientMessage): void {
    const { sequenceNumber } = message;
    // Without room for a message, it is left to the agent to send it again.
    if (sequenceNumber > expected && early.size >= MAX_EARLY) return;
    // A message that was received before is acknowledged again: the first acknowledgement may be lost.
    acknowledge(message);
    if (sequenceNumber < expected) return;
    early.set(sequenceNumber, message);
    for (let next = early.get(expected); next; next = early.get(expected)) {
      early.delete(expected);
      expected += 1;
      onOutput(next);
    }
  }

  return {
    receive(bytes) {
      const message = decodeMessage(bytes);
      if (!message) return;
      if (message.messageType === 'output_stream_data') takeOutput(message);
      if (message.messageType === 'acknowledge') {
        const { AcknowledgedMessageSequenceNumber: sequence } = fieldsIn(message.payload);
        if (unacknowledged.delete(Number(sequence))) wake();
      }
      if (message.messageType === 'pause_publication') isPaused = true;
      if (message.messageType === 'start_publication') isPaused = false;
      if (message.messageType === 'channel_closed') {
        const { Output } = fieldsIn(message.payload);
        onClosed(typeof Output === 'string' ? Output : '');
      }
    },
    send(payloadType, payload) {
      const bytes = encodeMessage(newMessage('input_stream_data', nextInput, payloadType, payload));
      unacknowledged.set(nextInput, { bytes, sentAt: clock.now() });
      nextInput += 1;
      send(bytes);
    },
    whenReady: () =>
      new Promise((resolve) => {
        const check = () => {
          if (unacknowledged.size >= MAX_UNACKNOWLEDGED && !closing.signal.aborted) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        check();
      }),
    get isWaiting() {
      return unacknowledged.size > 0;
    },
    close() {
      closing.abort();
      wake();
    },
  };
}

/** Reads the fields of a payload in JSON; anything else has no fields. */
export function fieldsIn(payload: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
