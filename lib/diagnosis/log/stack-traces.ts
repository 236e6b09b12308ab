/** Finds stack traces in a log: those of Node, Python, Go, Java, Ruby, Rust and .NET. Pure. */
import type { LoggedError } from '../excerpt.ts';
import { indexFrom } from './limits.ts';
import { isFrame, isRuntimeFrame, ownFrames } from './frames.ts';

/** Returns the errors with a stack trace. */
export const tracedErrors = (lines: readonly string[]): LoggedError[] => [
  ...frameTraces(lines),
  ...pythonTraces(lines),
  ...goPanics(lines),
  ...rustPanics(lines),
];

/** Node prints this line after an uncaught error. */
const NODE_BANNER = /^Node\.js v\d/;
/** How Node, Java and .NET introduce an error that ended the program. */
const CRASH = /^(?:Uncaught|Exception in thread|Unhandled exception)|\[UnhandledPromiseRejection/;
const ERROR_LINE =
  /^(?:[\w$.]*(?:Error|Exception|Throwable|Rejection)\b|Uncaught|Exception in thread|Unhandled)/;

/**
 * Traces whose frames follow the message: Node, Java, .NET, Ruby. A message may have several lines; its frames are
 * indented and begin with `at`.
 */
function frameTraces(lines: readonly string[]): LoggedError[] {
  return lines.flatMap((line, at): LoggedError[] => {
    if (!isFrame(line) || /^\s+File "/.test(line) || isPartOfTrace(lines[at - 1])) return [];
    const start = messageStart(lines, at);
    if (start === undefined) return [];
    const end = traceEnd(lines, at);
    const trace = lines.slice(start, end);
    const isCrash =
      CRASH.test(lines[start] ?? '') ||
      isCaret(lines, start) ||
      lines.slice(end, end + 4).some((next) => NODE_BANNER.test(next));
    const root = trace.findLast((one) => /^\s*(?:Caused by:|\[cause\]:)/.test(one));
    const message = lines.slice(start, at);
    const headline = (root ?? message[0] ?? '').trim().replace(/^(?:Caused by|\[cause\]): /, '');
    const frames = ownFrames(trace);
    const location = frames.length === 0 ? sourceLocation(lines, start) : [];
    const causes = root === undefined ? [] : [root.trim()];
    return [
      { at: start, rank: isCrash ? 3 : 2, headline, lines: [...location, ...message, ...frames, ...causes] },
    ];
  });
}

const isPartOfTrace = (line = ''): boolean =>
  isFrame(line) || /^\s+\.\.\. \d+ (?:more|lines)|^\s*Caused by:/.test(line);

/** The line where the message of a trace begins: the nearest line that names an error, or else the line before the frames. */
function messageStart(lines: readonly string[], firstFrame: number): number | undefined {
  for (let at = firstFrame - 1; at >= Math.max(0, firstFrame - 6); at -= 1) {
    const line = lines[at] ?? '';
    if (line === '') break;
    if (ERROR_LINE.test(line) || /(?:Error|Exception)\b/.test(line)) return at;
  }
  return firstFrame > 0 && lines[firstFrame - 1] !== '' ? firstFrame - 1 : undefined;
}

function traceEnd(lines: readonly string[], from: number): number {
  const end = indexFrom(
    lines,
    from + 1,
    (line) => !isPartOfTrace(line) && !/^\s*\[cause\]:|^\s+\S/.test(line),
  );
  return end === -1 ? lines.length : end;
}

/** Whether Node printed the source line and a caret above an error, as it does only for errors that end the program. */
const isCaret = (lines: readonly string[], at: number): boolean =>
  lines.slice(Math.max(0, at - 4), at).some((line) => /^\s*\^+\s*$/.test(line));

/** The place in the source that Node prints above a syntax error, such as `/app/main.js:3`. */
const sourceLocation = (lines: readonly string[], at: number): string[] =>
  lines
    .slice(Math.max(0, at - 5), at)
    .filter((line) => /^(?:file:\/\/)?\/\S+:\d+$/.test(line) && !isRuntimeFrame(line));

const TRACEBACK = 'Traceback (most recent call last):';

/** The longest trace that is read; Python itself shortens the traces of recursions. */
const MAX_PYTHON_LINES = 300;

/** In Python, the frames precede the message, which is the first line that is not indented. */
function pythonTraces(lines: readonly string[]): LoggedError[] {
  return lines.flatMap((line, at): LoggedError[] => {
    if (!line.endsWith(TRACEBACK)) return [];
    const end = indexFrom(lines.slice(0, at + MAX_PYTHON_LINES), at + 1, (next) => !/^\s/.test(next));
    if (end === -1) return [];
    const headline = lines[end] ?? '';
    const body = lines.slice(at + 1, end);
    const frames = body.filter(
      (one, index) => !isRuntimeFrame(one) && !(isRuntimeFrame(body[index - 1] ?? '') && !isFrame(one)),
    );
    return [{ at: end, rank: 3, headline, lines: [line, ...frames.slice(-8), headline] }];
  });
}

/** The lines after a panic in which the places of its goroutines are looked for. */
const MAX_GO_LINES = 200;

/** In Go, the goroutines follow the message; each function is followed by the indented place in its source. */
function goPanics(lines: readonly string[]): LoggedError[] {
  return lines.flatMap((line, at): LoggedError[] => {
    const isPanic = /^panic: /.test(line) || /^fatal error: /.test(line);
    if (!isPanic || !lines.slice(at, at + 6).some((next) => /^goroutine \d+/.test(next))) return [];
    const places = lines
      .slice(at, at + MAX_GO_LINES)
      .filter(
        (next) =>
          /^\t\S+\.go:\d+/.test(next) && !isRuntimeFrame(next.trim()) && !/\/src\/runtime\//.test(next),
      );
    return [{ at, rank: 3, headline: line, lines: [line, ...places.slice(0, 6)] }];
  });
}

/** In Rust, the message follows the line that names the place. */
function rustPanics(lines: readonly string[]): LoggedError[] {
  return lines.flatMap((line, at): LoggedError[] => {
    if (!/^thread '.*' (?:\(\d+\) )?panicked at /.test(line)) return [];
    const message = lines[at + 1] ?? '';
    return [{ at, rank: 3, headline: message === '' ? line : message, lines: [line, message] }];
  });
}
