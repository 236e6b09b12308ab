/** The agent's end of a data channel: numbers what it sends, repeats it until it is acknowledged, and delivers input in order. */
import { PAYLOAD, readMessage, writeMessage, type AgentMessage } from './message.ts';

/** How long the agent waits for an acknowledgement before it repeats a message, in milliseconds. */
const REPEAT_MS = 1_000;
/** The maximum number of messages that wait for an acknowledgement; beyond it, the output of the program waits. */
const MAX_WAITING = 64;

/** The receivers of a channel, and its clock. */
export interface ChannelEnds {
  /** Sends bytes to the client. */
  readonly send: (bytes: Buffer) => void;
  /** Receives the input in order, each message once. */
  readonly onInput: (message: AgentMessage) => void;
  /** The current time, in milliseconds since 1970. */
  readonly now: () => number;
}

/** The agent's end of a data channel. */
export interface AgentChannel {
  /** Takes bytes that the client has sent. */
  receive(bytes: Buffer): void;
  /** Sends a message of the output stream. */
  send(payloadType: number, payload: Buffer): void;
  /** Resolves when few enough messages wait for an acknowledgement to send more. */
  whenReady(): Promise<void>;
  /** Resolves when every message has been acknowledged, or the channel is closed. */
  whenEmpty(): Promise<void>;
  /** Tells the client that the session is over. */
  announceEnd(sessionId: string, output: string): void;
  /** Stops the repetitions. */
  close(): void;
}

export function makeAgentChannel({ send, onInput, now }: ChannelEnds): AgentChannel {
  const waiting = new Map<number, { readonly bytes: Buffer; sentAt: number }>();
  const early = new Map<number, AgentMessage>();
  const listeners = new Set<() => void>();
  let nextOutput = 0;
  let nextInput = 0;
  let isClosed = false;
  const repeat = setInterval(() => {
    for (const message of waiting.values()) {
      if (now() - message.sentAt < REPEAT_MS) continue;
      message.sentAt = now();
      send(message.bytes);
    }
  }, REPEAT_MS / 4);

  const notify = () => {
    for (const listener of listeners) listener();
  };
  const whenAtMost = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!isClosed && waiting.size > count) return;
        listeners.delete(check);
        resolve();
      };
      listeners.add(check);
      check();
    });

  function acknowledge({ type, id, sequence }: AgentMessage): void {
    const content = {
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    };
    send(
      writeMessage({
        ...{ type: 'acknowledge', sequence: 0, flags: 3, createdAt: now(), payloadType: PAYLOAD.none },
        payload: Buffer.from(JSON.stringify(content)),
      }),
    );
  }

  return {
    receive(bytes) {
      const message = readMessage(bytes);
      if (message?.type === 'acknowledge') {
        const { AcknowledgedMessageSequenceNumber: sequence } = parsedObject(message.payload);
        if (waiting.delete(Number(sequence))) notify();
      } else if (message?.type === 'input_stream_data') {
        if (message.sequence - nextInput > MAX_WAITING * 16) return;
        acknowledge(message);
        if (message.sequence >= nextInput) early.set(message.sequence, message);
        for (let next = early.get(nextInput); next; next = early.get(nextInput)) {
          early.delete(nextInput);
          nextInput += 1;
          onInput(next);
        }
      }
    },
    send(payloadType, payload) {
      const sequence = nextOutput;
      nextOutput += 1;
      const bytes = writeMessage({
        ...{ type: 'output_stream_data', sequence, flags: sequence === 0 ? 1 : 0, createdAt: now() },
        ...{ payloadType, payload },
      });
      waiting.set(sequence, { bytes, sentAt: now() });
      send(bytes);
    },
    whenReady: () => whenAtMost(MAX_WAITING),
    whenEmpty: () => whenAtMost(0),
    announceEnd(sessionId, output) {
      const content = {
        MessageType: 'channel_closed',
        SchemaVersion: 1,
        SessionId: sessionId,
        Output: output,
      };
      send(
        writeMessage({
          ...{ type: 'channel_closed', sequence: 0, flags: 2, createdAt: now(), payloadType: PAYLOAD.none },
          payload: Buffer.from(JSON.stringify(content)),
        }),
      );
    },
    close() {
      isClosed = true;
      clearInterval(repeat);
      notify();
    },
  };
}

/** Reads JSON that a client has sent; returns an empty object for anything else. */
export function parsedObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(bytes.toString())) as Record<string, unknown>;
  } catch {
    return {};
  }
}
