/** Reads from a log where a program listens. Pure. */
import type { Listener } from './facts.ts';
import { lastLinesOf, shortLine } from './log/limits.ts';

/** Match the log lines in which servers say where they listen. The address is missing if the line names only a port. */
const PATTERNS: readonly RegExp[] = [
  /https?:\/\/(?<address>\[[0-9a-fA-F:]+\]|[\w.-]+):(?<port>\d{2,5})\b/,
  /\b(?:listening|listens?|serving|running|started|ready|bound)\b[^\n]{0,200}?\b(?<address>(?:\d{1,3}\.){3}\d{1,3}|localhost|\[::1?\]):(?<port>\d{2,5})\b/i,
  /\b(?:listening|listens?|serving|started|ready|running)\b[^\n]{0,200}?\b(?:on|at|port|:)\D{0,12}(?<port>\d{2,5})\b/i,
  /"(?:port)":\s*(?<port>\d{2,5})\b/,
];
/** A line that reports a listener, rather than a request or a connection to another server. */
const IS_REPORT =
  /\b(?:listen|listening|listens|serving|running|started|ready|bound|server|address|local)\b/i;
const ANY_ADDRESS = '0.0.0.0';

/** Returns the listeners that a log reports; undefined if it reports none. */
export function loggedListeners(log: readonly string[]): Listener[] | undefined {
  const found = lastLinesOf(log)
    .map(shortLine)
    .filter((line) => IS_REPORT.test(line) && !/EADDRINUSE|ECONNREFUSED|connect/i.test(line))
    .flatMap((line) => {
      const match = PATTERNS.map((pattern) => pattern.exec(line)).find((one) => one !== null);
      const { address, port } = match?.groups ?? {};
      return port === undefined ? [] : [{ address: addressOf(address), port: Number(port) }];
    });
  return found.length === 0 ? undefined : found;
}

/** Frameworks print `localhost` for every address, so the name proves nothing. */
const addressOf = (text: string | undefined): string =>
  text === undefined || !/^[\d.[\]:]+$/.test(text) ? ANY_ADDRESS : text.replace(/^\[|\]$/g, '');
