/** The output of a command that prints lines while it runs, at the pace of its reader. */
import { watchPipe } from './closed-pipe.ts';

/** Prints on stdout. */
export interface Output {
  /** Whether the lines may be coloured: stdout is a terminal, and NO_COLOR is not set. */
  readonly colour: boolean;
  readonly isTerminal: boolean;
  /** The width of the terminal in characters; undefined if stdout is not a terminal. */
  readonly columns?: number | undefined;
  /** Aborts when the reader has closed the stream, as `| head` does. */
  readonly closed: AbortSignal;
  /** Prints a string or bytes, and resolves when the stream takes more: a slow reader slows the command down. */
  write(text: string | Uint8Array): Promise<void>;
  /** Lets `closed` abort even while nothing is written. @returns ends the watch */
  watch(): () => void;
}

/** The members of stdout that an output uses. */
type Stream = Pick<NodeJS.WriteStream, 'write' | 'on' | 'once' | 'off'> &
  Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>>;

/**
 * Makes the output of a command.
 * @param noColour the value of NO_COLOR
 * @param watchReader calls a function when the reader of the stream has closed it, and returns what ends the watch
 */
export function outputTo(stream: Stream, noColour: string | undefined, watchReader = watchPipe): Output {
  const controller = new AbortController();
  const closed = controller.signal;
  stream.on('error', () => controller.abort());
  return {
    colour: stream.isTTY === true && noColour === undefined,
    isTerminal: stream.isTTY === true,
    // Some terminals report 0 columns.
    columns: stream.isTTY === true ? stream.columns || 80 : undefined,
    closed,
    async write(text) {
      if (closed.aborted || stream.write(text)) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          stream.off('drain', done);
          closed.removeEventListener('abort', done);
          resolve();
        };
        stream.once('drain', done);
        closed.addEventListener('abort', done, { once: true });
      });
    },
    watch: () => watchReader(() => controller.abort()),
  };
}
