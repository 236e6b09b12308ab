/** Connects the terminal or the standard input of this process to a session, and always gives the terminal back as it was. */
import type { RunningSession, WindowSize } from './data-session.ts';
import { END_OF_INPUT, inputLines } from './remote-command.ts';

/** The standard streams of the process, as far as a session uses them. */
export interface Streams {
  readonly stdin: Pick<NodeJS.ReadStream, 'on' | 'off' | 'pause' | 'resume' | 'destroy'> &
    Partial<Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode'>>;
  readonly stdout: Pick<NodeJS.WriteStream, 'on' | 'off'> &
    Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>>;
}

/** Whether a person types: both streams are terminals, so that what is typed and what is printed belong together. */
export const isTyped = ({ stdin, stdout }: Streams): boolean => stdin.isTTY === true && stdout.isTTY === true;

/** Returns the size of the terminal; undefined if it is not known. */
export const sizeOf = ({ stdout }: Pick<Streams, 'stdout'>): WindowSize | undefined => {
  const { columns: cols, rows } = stdout;
  return cols && rows ? { cols, rows } : undefined;
};

/**
 * Passes on what is typed, key by key, and the size of the terminal. Ctrl-C is a key like any other: it reaches the program.
 * @returns a function that restores the terminal
 */
export function connectTerminal(session: RunningSession, { stdin, stdout }: Streams): () => void {
  const resize = () => {
    const size = sizeOf({ stdout });
    if (size) session.resize(size);
  };
  const restore = () => void (session.hasTerminal && stdin.setRawMode?.(false));
  // Without a terminal in the container, this one echoes what is typed and sends whole lines.
  if (session.hasTerminal) stdin.setRawMode?.(true);
  // Also restores it if the process ends in another way than through the session.
  process.once('exit', restore);
  stdout.on('resize', resize);
  const disconnect = passOn(stdin, session, {
    encode: (chunk) => chunk,
    end: session.hasTerminal ? undefined : 'exit\n',
  });
  return () => {
    disconnect();
    stdout.off('resize', resize);
    process.off('exit', restore);
    restore();
  };
}

/** Passes on all bytes of the standard input, and its end. Returns a function that ends this. */
export const connectInput = (session: RunningSession, { stdin }: Pick<Streams, 'stdin'>): (() => void) =>
  passOn(stdin, session, { encode: (chunk) => Buffer.from(inputLines(chunk)), end: END_OF_INPUT });

function passOn(
  stdin: Streams['stdin'],
  session: RunningSession,
  { encode, end }: { readonly encode: (chunk: Buffer) => Uint8Array; readonly end: string | undefined },
): () => void {
  let sending = Promise.resolve();
  const send = (bytes: Uint8Array) => {
    stdin.pause();
    sending = sending.then(() => session.send(bytes)).then(() => void stdin.resume());
  };
  const onData = (chunk: Buffer) => send(encode(chunk));
  const onEnd = () => {
    if (end !== undefined) send(Buffer.from(end));
  };
  stdin.on('data', onData);
  stdin.on('end', onEnd);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    // Otherwise a pipe that stays open would keep this process alive.
    stdin.destroy();
  };
}
