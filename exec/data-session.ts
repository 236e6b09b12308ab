/** Runs one session of ECS Exec over its WebSocket: shows the token, shakes hands, and passes input and output on. */
import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import type { Clock } from '../lib/model/clock.ts';
import { fieldsIn, makeChannel, type Channel } from './channel.ts';
import { PayloadType, type ClientMessage } from './message.ts';
import { makeOutputReader } from './reported-code.ts';

/** The version that the client reports. AWS only compares it with the versions of its own client. */
const CLIENT_VERSION = '1.2.707.0';
/** How long the connection and the handshake may take, in milliseconds. */
const START_MS = 30_000;
/** How often the connection is checked, in milliseconds; it is lost if nothing arrives in between. */
const CHECK_MS = 30_000;
/** The number of bytes of input per message, as in AWS's own client. */
const INPUT_BYTES = 1024;
/** The number of chunks of output that may wait to be printed. */
const MAX_UNPRINTED = 64;
/** The flag that ends a session. */
const TERMINATE = Buffer.from([0, 0, 0, 2]);

/** The end of a session. */
export type SessionEnd =
  | { readonly how: 'exited'; readonly exitCode: number }
  /** AWS closed it before the command reported its end. `words` is what was printed before the command started. */
  | { readonly how: 'closed'; readonly reason: string; readonly words: string; readonly hasStarted: boolean }
  | { readonly how: 'lost'; readonly reason: string; readonly hasStarted: boolean };

/** The size of a terminal, in characters. */
export interface WindowSize {
  readonly cols: number;
  readonly rows: number;
}

/** A session whose command runs. */
export interface RunningSession {
  /** Sends input, and resolves when more can be sent. */
  send(bytes: Uint8Array): Promise<void>;
  resize(size: WindowSize): void;
  /** Whether the command has a terminal; on AWS it always does. */
  readonly hasTerminal: boolean;
  /** Whether the bytes of the output arrive unchanged. */
  readonly isRaw: boolean;
}

/** The settings of a session, and the receivers of its output. */
export interface SessionOptions {
  /** The session in AWS's response. */
  readonly streamUrl: string;
  readonly tokenValue: string;
  /** The random word of the wrapper of the command. */
  readonly token: string;
  /** The size of the terminal, if there is one. */
  readonly size?: WindowSize | undefined;
  readonly clock: Clock;
  /** Aborts when the user ends the command. */
  readonly signal: AbortSignal;
  /** Prints output. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly onStart: (session: RunningSession) => void;
}

/** Runs a session to its end. It never rejects. */
export async function runSession(options: SessionOptions): Promise<SessionEnd> {
  const { streamUrl, tokenValue, token, size, clock, signal, write, onStart } = options;
  const socket = new WebSocket(streamUrl, { perMessageDeflate: false, maxPayload: 16 * 1024 * 1024 });
  const reader = makeOutputReader(token);
  const stopping = new AbortController();
  let finish: (end: SessionEnd) => void = () => undefined;
  const ended = new Promise<SessionEnd>((resolve) => (finish = resolve));
  const lost = (reason: string) => finish({ how: 'lost', reason, hasStarted: reader.hasStarted });
  let hasTerminal = true;
  let isAlive = true;
  let unprinted = 0;
  let printing = Promise.resolve();

  const print = (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    unprinted += 1;
    if (unprinted > MAX_UNPRINTED) socket.pause();
    printing = printing.then(async () => {
      await write(bytes);
      unprinted -= 1;
      if (unprinted === 0) socket.resume();
    });
  };

  function takeOutput(message: ClientMessage): void {
    const { payloadType, payload } = message;
    if (payloadType === PayloadType.handshakeRequest) {
      const { response, terminal } = handshakeResponse(payload);
      hasTerminal = terminal;
      channel.send(PayloadType.handshakeResponse, Buffer.from(JSON.stringify(response)));
      if (size) channel.send(PayloadType.size, Buffer.from(JSON.stringify(size)));
    } else if (payloadType === PayloadType.output || payloadType === PayloadType.stderr) {
      const { output, isRaw, exitCode } = reader.read(payload);
      if (isRaw !== undefined) onStart(runningSession(channel, { hasTerminal, isRaw }));
      print(output);
      if (exitCode !== undefined) finish({ how: 'exited', exitCode });
    }
  }

  const channel = makeChannel({
    send: (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    },
    onOutput: takeOutput,
    onClosed: (reason) => {
      const { hasStarted } = reader;
      const rest = reader.rest();
      if (hasStarted) print(rest);
      finish({ how: 'closed', reason, words: hasStarted ? '' : rest.toString(), hasStarted });
    },
    clock,
  });
  socket.on('open', () =>
    socket.send(
      JSON.stringify({
        MessageSchemaVersion: '1.0',
        RequestId: randomUUID(),
        TokenValue: tokenValue,
        ClientId: randomUUID(),
        ClientVersion: CLIENT_VERSION,
      }),
    ),
  );
  socket.on('message', (data: Buffer, isBinary) => {
    isAlive = true;
    if (isBinary) channel.receive(data);
  });
  socket.on('pong', () => (isAlive = true));
  socket.on('error', (error) => lost(error.message));
  socket.on('close', (code, reason) => lost(reason.toString() || `The connection was closed (${code}).`));
  const abort = () => lost('The command was interrupted.');
  signal.addEventListener('abort', abort, { once: true });

  /** Ends the session if it does not start in time, or if the connection is lost without a word. */
  async function check(): Promise<void> {
    await clock.sleep(START_MS, stopping.signal);
    if (!reader.hasStarted) return lost('The command did not start within 30 seconds.');
    for (;;) {
      isAlive = false;
      if (socket.readyState === WebSocket.OPEN) socket.ping();
      await clock.sleep(CHECK_MS, stopping.signal);
      if (!isAlive && !socket.isPaused) return lost('Nothing has arrived for 30 seconds.');
    }
  }
  void check().catch(() => undefined);

  try {
    if (signal.aborted) abort();
    const end = await ended;
    // The agent ends what is still running, such as a program in the background.
    if (end.how !== 'closed') channel.send(PayloadType.flag, TERMINATE);
    await Promise.race([printing, whenAborted(signal)]);
    return end;
  } finally {
    stopping.abort();
    signal.removeEventListener('abort', abort);
    channel.close();
    socket.close();
    socket.terminate();
  }
}

const whenAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const runningSession = (
  channel: Channel,
  state: Pick<RunningSession, 'hasTerminal' | 'isRaw'>,
): RunningSession => ({
  ...state,
  async send(bytes) {
    for (let at = 0; at < bytes.length; at += INPUT_BYTES) {
      await channel.whenReady();
      channel.send(PayloadType.output, bytes.subarray(at, at + INPUT_BYTES));
    }
  },
  resize: (size) => channel.send(PayloadType.size, Buffer.from(JSON.stringify(size))),
});

/** Answers what the agent asks for: the kind of the session, but no encryption with a key of the cluster. */
function handshakeResponse(payload: Uint8Array) {
  const { RequestedClientActions: actions } = fieldsIn(payload);
  let terminal = true;
  const processed = (Array.isArray(actions) ? actions : []).map((action: unknown) => {
    const { ActionType, ActionParameters } = Object(action) as Record<string, unknown>;
    if (ActionType !== 'SessionType')
      return { ActionType, ActionStatus: 3, Error: `Unsupported action ${String(ActionType)}` };
    const { Properties } = Object(ActionParameters) as { readonly Properties?: unknown };
    terminal = (Object(Properties) as { readonly terminal?: unknown }).terminal !== false;
    return { ActionType, ActionStatus: 1, ActionResult: null, Error: '' };
  });
  const response = {
    ClientVersion: CLIENT_VERSION,
    ProcessedClientActions: processed,
    Errors: processed.flatMap(({ Error: error }) => (error ? [error] : [])),
  };
  return { response, terminal };
}
