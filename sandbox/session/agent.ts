/** The agent of ECS Exec: shakes hands with a client, starts the command, and connects the two. */
import type { ContainerExecution, TerminalSize } from '../runtime/execution.ts';
import { makeAgentChannel, parsedObject, type AgentChannel } from './agent-channel.ts';
import { PAYLOAD, TERMINATE, type AgentMessage } from './message.ts';
import type { ServeSession } from './sessions.ts';

/** The maximum number of bytes of output per message, as the agent of AWS has it. */
const OUTPUT_BYTES = 1024;
const AGENT_VERSION = '3.3.0.0';
/** How long a client may take for the handshake, and for acknowledging the last output, in milliseconds. */
const CLIENT_MS = 10_000;

/** The work of an agent in a container. */
export interface AgentTask {
  /** The command, as ExecuteCommand has received it. */
  readonly command: string;
  /** Whether programs get a terminal. */
  readonly hasTerminal: boolean;
  /** Starts the command. @throws Error with the reason why it cannot start */
  readonly start: (size: TerminalSize | undefined) => Promise<ContainerExecution>;
  /** How long a session may be idle, in milliseconds. */
  readonly idleMs: number;
}

/** Returns the function that serves one session. */
export const serveAgent =
  (task: AgentTask): ServeSession =>
  async (sessionId, socket) => {
    let execution: ContainerExecution | undefined;
    let size: TerminalSize | undefined;
    const pending: Buffer[] = [];
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const idle = makeIdleTimer(task.idleMs);
    let onAnswer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (onAnswer = resolve));

    function onInput({ payloadType, payload }: AgentMessage): void {
      idle.touch();
      if (payloadType === PAYLOAD.handshakeResponse) onAnswer();
      else if (payloadType === PAYLOAD.output) {
        if (execution) execution.write(payload);
        else pending.push(payload);
      } else if (payloadType === PAYLOAD.size) {
        const { cols, rows } = parsedObject(payload);
        if (!isLength(cols) || !isLength(rows)) return;
        size = { cols, rows };
        execution?.resize(size);
      } else if (payloadType === PAYLOAD.flag && payload.length >= 4 && payload.readUInt32BE(0) === TERMINATE)
        execution?.kill();
    }

    const channel = makeAgentChannel({
      send: (bytes) => {
        if (socket.readyState === socket.OPEN) socket.send(bytes);
      },
      onInput,
      now: Date.now,
    });
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) channel.receive(data);
    });
    try {
      channel.send(PAYLOAD.handshakeRequest, jsonBytes(handshake(task)));
      const first = await Promise.race([answered.then(() => 'answer'), closed, pause(CLIENT_MS)]);
      if (first !== 'answer') return;
      channel.send(
        PAYLOAD.handshakeComplete,
        jsonBytes({ HandshakeTimeToComplete: 1_000_000, CustomerMessage: '' }),
      );
      // Before the client acknowledges this, it has sent the size of its terminal.
      await Promise.race([channel.whenEmpty(), closed, pause(CLIENT_MS)]);
      let last = '';
      try {
        const firstSize = size;
        execution = await task.start(firstSize);
        if (size && size !== firstSize) execution.resize(size);
        for (const bytes of pending.splice(0)) execution.write(bytes);
        last = await relay(execution, channel, idle, closed);
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
      }
      await Promise.race([channel.whenEmpty(), closed, pause(CLIENT_MS)]);
      channel.announceEnd(sessionId, last);
      socket.close();
      await Promise.race([closed, pause(CLIENT_MS)]);
    } finally {
      idle.stop();
      execution?.kill();
      channel.close();
      socket.terminate();
      await execution?.ended;
    }
  };

/** Sends the output of a command, at the pace of the client, until it ends. Returns the last words of the session. */
async function relay(
  execution: ContainerExecution,
  channel: AgentChannel,
  idle: ReturnType<typeof makeIdleTimer>,
  closed: Promise<void>,
): Promise<string> {
  let isTimedOut = false;
  void idle.expired.then(() => {
    isTimedOut = true;
    execution.kill();
  });
  void closed.then(() => execution.kill());
  for await (const chunk of execution.output as AsyncIterable<Buffer>) {
    idle.touch();
    for (let at = 0; at < chunk.length; at += OUTPUT_BYTES) {
      channel.send(PAYLOAD.output, chunk.subarray(at, at + OUTPUT_BYTES));
      await Promise.race([channel.whenReady(), closed]);
    }
  }
  await execution.ended;
  return isTimedOut ? 'Session terminated due to inactivity: the session timed out.' : '';
}

/** AWS's agents name the kind of the session in this way. The properties of the sandbox say whether programs get a terminal. */
const handshake = ({ command, hasTerminal }: AgentTask) => ({
  AgentVersion: AGENT_VERSION,
  RequestedClientActions: [
    {
      ActionType: 'SessionType',
      ActionParameters: {
        SessionType: 'InteractiveCommands',
        Properties: { command, terminal: hasTerminal },
      },
    },
  ],
});

const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const isLength = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 10_000;

const pause = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/** A timer that every sign of life restarts. */
function makeIdleTimer(ms: number) {
  let timer: NodeJS.Timeout | undefined;
  let onExpired: () => void = () => undefined;
  const expired = new Promise<void>((resolve) => (onExpired = resolve));
  const touch = () => {
    clearTimeout(timer);
    timer = setTimeout(onExpired, ms);
  };
  touch();
  return { expired, touch, stop: () => clearTimeout(timer) };
}
