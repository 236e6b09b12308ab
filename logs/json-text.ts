/** Makes lines in JSON readable, as pino, bunyan, winston and others print them. Pure. */

/** The numbers that pino and bunyan write for levels. */
const LEVELS: Readonly<Record<string, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};
const LEVEL_FIELDS = ['level', 'severity', 'lvl', 'levelname', 'log.level'];
const MESSAGE_FIELDS = ['msg', 'message'];
/** The fields with the time, which the line shows already. */
const TIME_FIELDS = ['time', 'timestamp', 'ts', '@timestamp'];
/** The fields with errors, which have a stack trace. */
const ERROR_FIELDS = ['err', 'error', 'exception'];
/** What pino and bunyan add to every line: the version of the format, and names that identify the task only inside of it. */
const CONSTANT_FIELDS = ['v', 'pid', 'hostname'];

/** A line in JSON, as it is shown. */
export interface ReadableLine {
  /** The level in upper case, e.g. `WARN`; undefined if the line has none. */
  readonly level: string | undefined;
  /** The message, and the other fields as `key=value`. */
  readonly text: string;
  /** The lines of stack traces. */
  readonly stack: readonly string[];
}

/** Returns a line in JSON in a readable form; undefined if the line is not an object with a message or a level. */
export function readableJson(line: string): ReadableLine | undefined {
  const text = line.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const fields = parsed(text);
  if (!fields) return undefined;
  const levelField = LEVEL_FIELDS.find((field) => ['string', 'number'].includes(typeof fields[field]));
  const messageField = MESSAGE_FIELDS.find((field) => typeof fields[field] === 'string');
  if (levelField === undefined && messageField === undefined) return undefined;
  const level = levelField === undefined ? undefined : levelText(fields[levelField]);
  const isNumbered = levelField !== undefined && typeof fields[levelField] === 'number';
  const stack: string[] = [];
  const rest = Object.entries(fields).flatMap(([key, value]) => {
    if (key === levelField || key === messageField || TIME_FIELDS.includes(key)) return [];
    if (isNumbered && CONSTANT_FIELDS.includes(key)) return [];
    if (key === 'stack' && typeof value === 'string') {
      stack.push(...value.split('\n'));
      return [];
    }
    return [`${key}=${valueText(ERROR_FIELDS.includes(key) ? withoutStack(value, stack) : value)}`];
  });
  const message = messageField === undefined ? [] : [String(fields[messageField])];
  return { level, text: [...message, ...rest].join(' '), stack };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const levelText = (level: unknown): string => LEVELS[String(level)] ?? String(level).toUpperCase();

/** Removes the stack trace from an error, and adds its lines to `stack`. */
function withoutStack(value: unknown, stack: string[]): unknown {
  if (typeof value !== 'object' || value === null || !('stack' in value)) return value;
  const { stack: lines, ...error } = value;
  if (typeof lines !== 'string') return value;
  stack.push(...lines.split('\n'));
  const { message } = error as { readonly message?: unknown };
  return typeof message === 'string' &&
    Object.keys(error).every((key) => ['type', 'name', 'message'].includes(key))
    ? message
    : error;
}

/** Formats a value: a word as it is, and everything else as JSON. */
const valueText = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"={}]+$/.test(value) ? value : (JSON.stringify(value) ?? 'undefined');
