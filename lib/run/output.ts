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
  /** On a terminal: shows lines in place of the last ones, cut off at the height of the terminal. */
  readonly redraw?: ((text: string) => Promise<void>) | undefined;
  /** Lets `closed` abort even while nothing is written. @returns ends the watch */
  watch(): () => void;
}

/** The members of stdout that an output uses. */
type Stream = Pick<NodeJS.WriteStream, 'write' | 'on' | 'once' | 'off'> &
  Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>>;

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
    redraw: stream.isTTY === true ? redrawOn(stream) : undefined,
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

/** Makes the function that shows lines in place of the last ones. */
function redrawOn(stream: Stream): (text: string) => Promise<void> {
  let draw: ((text: string) => void) | undefined;
  return async (text) => {
    // Loaded only here, since few commands draw on stdout.
    const { createLogUpdate } = await import('log-update');
    draw ??= createLogUpdate(stream as NodeJS.WriteStream, { showCursor: true });
    draw(fitToHeight(text, stream.columns || 80, stream.rows || 24));
  };
}

/** Cuts off the lines at the end that do not fit, and says how many. */
export function fitToHeight(text: string, columns: number, rows: number): string {
  const lines = text.split('\n');
  const heightOf = (line: string) => Math.max(1, Math.ceil(line.length / columns));
  const total = lines.reduce((sum, line) => sum + heightOf(line), 0);
  if (total < rows) return text;
  const shown: string[] = [];
  let height = 2;
  for (const line of lines) {
    height += heightOf(line);
    if (height > rows) break;
    shown.push(line);
  }
  return [...shown, `… ${lines.length - shown.length} more lines`].join('\n');
}
