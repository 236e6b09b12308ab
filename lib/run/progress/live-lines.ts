/** Shows a run on a terminal: finished lines scroll, and a live region below them shows what is running. */
import { createLogUpdate } from 'log-update';
import type { Report } from '../../model/report.ts';
import { eventLine } from './event-lines.ts';
import { regionLines, type Size } from './region.ts';
import type { RunProgress } from './run-progress.ts';

/** The terminal, as far as it is used here. */
export type Terminal = Pick<NodeJS.WriteStream, 'columns' | 'rows' | 'isTTY' | 'write' | 'on' | 'off'>;

/** The shown run. */
export interface LiveLines {
  readonly report: Report;
  /** Draws the region again, since time has passed. */
  readonly tick: () => void;
  /** Removes the region. Later events are shown as lines only. */
  readonly close: () => void;
}

/**
 * @param now returns the time, in milliseconds of any clock that does not jump
 */
export function liveLines(
  terminal: Terminal,
  { colour, progress, now }: { colour: boolean; progress: RunProgress; now: () => number },
): LiveLines {
  // The cursor stays visible: to hide it, the library would handle the signals of this process.
  const region = createLogUpdate(withSize(terminal) as NodeJS.WriteStream, { showCursor: true });
  let shown: string[] = [];
  let isOpen = true;
  const size = () => sizeOf(terminal);
  const draw = () => {
    if (!isOpen) return;
    const lines = regionLines(progress, now(), size());
    if (lines.length === 0) {
      if (shown.length > 0) region.clear();
    } else region(lines.join('\n'));
    shown = lines;
  };
  const onResize = () => {
    if (shown.length === 0) return;
    // A narrower terminal has wrapped the lines: they now take more rows than the library knows of.
    const { columns } = size();
    const rows = shown.reduce((sum, { length }) => sum + Math.max(1, Math.ceil(length / columns)), 0);
    terminal.write(`\u001b[${rows}A\r\u001b[J`);
    region.done();
    shown = [];
    draw();
  };
  terminal.on('resize', onResize);
  return {
    report(event) {
      progress.receive(event, now());
      const isProgress = event.type === 'resource' && event.status === 'waiting';
      const line = isProgress && isOpen ? undefined : eventLine(event, { colour, columns: size().columns });
      if (line !== undefined) {
        if (shown.length > 0) region.clear();
        shown = [];
        terminal.write(`${line}\n`);
      }
      draw();
    },
    tick: draw,
    close() {
      if (shown.length > 0) region.clear();
      shown = [];
      isOpen = false;
      terminal.off('resize', onResize);
    },
  };
}

/** Returns the size of a terminal. Some report 0 columns and rows. */
const sizeOf = ({ columns, rows }: Pick<Terminal, 'columns' | 'rows'>): Size => ({
  columns: columns || 80,
  rows: rows || 24,
});

/** Returns a stream that writes to a terminal, and has a size in any case. */
const withSize = (terminal: Terminal): Size & Pick<Terminal, 'write'> => ({
  get columns() {
    return sizeOf(terminal).columns;
  },
  get rows() {
    return sizeOf(terminal).rows;
  },
  write: terminal.write.bind(terminal),
});
