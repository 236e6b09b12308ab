/** Replays the output of a terminal, and takes a picture of the screen whenever it has changed. */
import { createRequire } from 'node:module';
import type * as Xterm from '@xterm/headless';

// The package is in CommonJS, and Node does not see its named exports.
const xterm = createRequire(import.meta.url)('@xterm/headless') as typeof Xterm;

/** A part of a terminal's output, and when it was written. */
export interface Output {
  /** Milliseconds since the start of the recording. */
  readonly at: number;
  readonly text: string;
}

/** A run of characters with the same style. */
export interface Span {
  readonly text: string;
  /** The number of its ANSI colour; undefined for the default one. */
  readonly colour: number | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

/** The screen at one moment: its lines, each as runs of characters. */
export interface Frame {
  readonly at: number;
  readonly lines: readonly (readonly Span[])[];
}

/** Milliseconds between two frames, at least. */
const FRAME_MS = 200;

/** Returns the frames of a recording. Frames that follow each other differ. */
export async function framesOf(
  outputs: readonly Output[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Promise<Frame[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const frames: Frame[] = [];
  for (const [index, { at, text }] of outputs.entries()) {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    const next = outputs[index + 1];
    if (next && next.at - (frames.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < FRAME_MS) continue;
    const lines = linesOf(terminal);
    const last = frames.at(-1);
    if (!last || JSON.stringify(last.lines) !== JSON.stringify(lines)) frames.push({ at, lines });
  }
  return frames;
}

const linesOf = ({ buffer: { active }, rows }: Xterm.Terminal): Span[][] =>
  Array.from({ length: rows }, (_, row) => spansOf(active.getLine(active.baseY + row)));

type Line = ReturnType<Xterm.Terminal['buffer']['active']['getLine']>;

function spansOf(line: Line): Span[] {
  const spans: Span[] = [];
  for (let column = 0; line && column < line.length; column++) {
    const cell = line.getCell(column);
    if (!cell || cell.getWidth() === 0) continue;
    const style = {
      colour: cell.isFgDefault() ? undefined : cell.getFgColor(),
      isBold: cell.isBold() !== 0,
      isDim: cell.isDim() !== 0,
    };
    const text = cell.getChars() || ' ';
    const last = spans.at(-1);
    const isSame =
      last?.colour === style.colour && last?.isBold === style.isBold && last?.isDim === style.isDim;
    if (last && isSame) spans[spans.length - 1] = { ...last, text: last.text + text };
    else spans.push({ text, ...style });
  }
  while (spans.length > 0 && spans.at(-1)?.text.trim() === '') spans.pop();
  return spans;
}
