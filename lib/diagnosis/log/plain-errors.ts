/** Finds errors in plain log lines by their words, from the most certain to the least. Pure. */
import type { LoggedError } from '../excerpt.ts';
import { isFrame } from './frames.ts';

const FATAL_WORDS =
  /\b(?:FATAL|CRITICAL|EMERG|PANIC)\b|^(?:fatal|panic)(?: error)?:|\bUnhandled(?:PromiseRejection)?\b/;
const ERROR_WORDS =
  /\b(?:error|errors|exception|failed|failure|fail|cannot|can't|could not|unable|refused|denied|invalid|expired|giving up|gave up|lost|disconnected|missing|not found|no such|unknown|unreachable|bad|abort(?:ed|ing)?|exiting|segmentation fault|core dumped|killed|must|E[A-Z]{4,})\b/i;
/** Lines that say that the program is ending, or that something went well. */
const SHUTDOWN_WORDS =
  /^(?:Node\.js v\d|npm ERR! A complete log)|\b(?:shutting down|shutdown|graceful|closing|closed|draining|stopped|bye|goodbye|SIGTERM|no errors?|0 errors|flush(?:ed|ing)?)\b/i;
/** How many indented lines after an error belong to it. */
const MAX_CONTINUATION = 8;

/** Returns the lines that report an error in words. */
export function plainErrors(lines: readonly string[]): LoggedError[] {
  return lines.flatMap((line, at): LoggedError[] => {
    if (line === '' || line.trimStart().startsWith('{') || isFrame(line)) return [];
    const isFatal = FATAL_WORDS.test(line);
    if (!isFatal && (SHUTDOWN_WORDS.test(line) || !ERROR_WORDS.test(line))) return [];
    return [{ at, rank: isFatal ? 3 : 1, headline: line, lines: [line, ...continuation(lines, at + 1)] }];
  });
}

/** The indented lines that follow. */
function continuation(lines: readonly string[], from: number): string[] {
  const following = lines.slice(from, from + MAX_CONTINUATION);
  const end = following.findIndex((line) => !/^\s+\S/.test(line));
  return end === -1 ? following : following.slice(0, end);
}
