/** Finds errors in structured logs: pino, bunyan, winston, zap, logrus and others write one JSON object per line. Pure. */
import type { LoggedError } from '../excerpt.ts';
import { ownFrames } from './frames.ts';

type Fields = Readonly<Record<string, unknown>>;

const FATAL_LEVELS = /^(fatal|critical|crit|panic|dpanic|emerg|emergency|alert)$/i;
const ERROR_LEVELS = /^(error|err|severe)$/i;
/** The numeric levels of pino and bunyan. */
const FATAL = 60;
const ERROR = 50;

/** Returns the errors of a structured log. */
export function jsonErrors(lines: readonly string[]): LoggedError[] {
  return lines.flatMap((line, at) => {
    const fields = parsed(line);
    const rank = fields && rankOf(fields);
    if (!fields || rank === undefined) return [];
    const { message, stack } = textOf(fields);
    const headline = message || line;
    const frames = stack === undefined ? [] : ownFrames(stack.split('\n').slice(1));
    return [{ at, rank, headline, lines: [headline, ...frames] }];
  });
}

function parsed(line: string): Fields | undefined {
  const start = line.indexOf('{');
  if (start === -1 || !line.trimEnd().endsWith('}')) return undefined;
  try {
    return JSON.parse(line.slice(start)) as Fields;
  } catch {
    return undefined;
  }
}

function rankOf(fields: Fields): LoggedError['rank'] | undefined {
  const level = [
    fields['level'],
    fields['severity'],
    fields['levelname'],
    fields['log.level'],
    fields['@level'],
  ].find((value) => value !== undefined);
  if (typeof level === 'number') return level >= FATAL ? 3 : level >= ERROR ? 2 : undefined;
  if (FATAL_LEVELS.test(String(level))) return 3;
  return ERROR_LEVELS.test(String(level)) ? 2 : undefined;
}

/** Returns the message of a line and the stack of its error. An error often has its own message, which says more. */
function textOf(fields: Fields): { readonly message: string; readonly stack: string | undefined } {
  const error = [fields['err'], fields['error'], fields['exception'], fields['exc_info']].find(
    (value) => value !== undefined && value !== null,
  );
  const own = [fields['msg'], fields['message'], fields['event']].find((value) => typeof value === 'string');
  const inner = typeof error === 'object' ? (error as Fields) : { message: error };
  const text = [inner['message'], inner['msg']].find((value) => typeof value === 'string');
  const stack = [inner['stack'], fields['stack'], fields['stack_trace'], fields['stacktrace']].find(
    (value) => typeof value === 'string',
  );
  const parts = [own, text].filter((part) => typeof part === 'string' && part !== '');
  const [first = '', second] = parts as string[];
  const message = second === undefined || first.includes(second) ? first : `${first}: ${second}`;
  return { message: message.split('\n')[0] ?? '', stack: stack };
}
