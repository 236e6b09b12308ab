/** Values that may be secrets, kept out of what others say: AWS repeats what it was given, and a program writes what it likes. */
import type { Config } from '../config/config.ts';
import { containersOf } from '../config/config.ts';
import { namesOf } from '../derive/names.ts';
import { Problem } from '../model/problem.ts';
import type { Event, Report } from '../model/report.ts';

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** Shorter texts are in every other word, and no secrets. */
const MIN_LENGTH = 6;
const HIDDEN = '(not shown)';

/** Variables of this process that are secrets. */
const SECRET_VARIABLES = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** Where another service is, is none: without a user, a path or a query there is no place for a secret. */
const ORIGIN = /^\w+:\/\/[\w.-]+(:\d+)?\/?$/;

/** A signature that does not fit is answered with all that was signed: the token of the session, too. */
const SESSION_TOKEN = /(x-amz-security-token[=:]\s*)[^\s&,'"]+/gi;

/**
 * The veil of a run: hides the values of variables and the arguments of commands, unless they stand elsewhere in the
 * configuration as well, where nobody writes a secret; and the keys of the account.
 */
export function redactorFor(config: Config, env: NodeJS.ProcessEnv = process.env): Redact {
  const values = containersOf(config).flatMap(({ environment, command = [] }) => [
    ...Object.values(environment),
    ...command,
  ]);
  const open = publicText(config);
  const isOpen = (value: string) => open.includes(value) || ORIGIN.test(value);
  const secrets = [
    ...values.flatMap(withLines).filter((value) => !isOpen(value)),
    ...SECRET_VARIABLES.map((key) => env[key] ?? ''),
  ]
    .filter((value) => value.length >= MIN_LENGTH)
    // The longest first: one may be a part of another.
    .sort((one, other) => other.length - one.length);
  const forms = [...new Set(secrets.flatMap(spellings))];
  return (text) =>
    forms
      .reduce((hidden, secret) => hidden.replaceAll(secret, HIDDEN), text)
      .replace(SESSION_TOKEN, `$1${HIDDEN}`);
}

/** A text, and each of its lines: a program prints one after the other, and each becomes an event of its own. */
const withLines = (value: string): string[] => [value, ...value.split(/[\r\n]+/).map((line) => line.trim())];

/** As it stands, and as it stands in JSON, in XML, in an address and in base64. */
function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    json,
    xmlEscaped(value),
    // Half a character cannot stand there.
    encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\ufffd')),
    ...base64Spellings(value),
    ...base64Spellings(json),
  ];
}

/**
 * Alone, and as a part of something longer, such as a name and a password in a header: what stands before shifts it by
 * none, one or two bytes. Only characters that depend on nothing but the value. What is broken into lines is not found.
 */
function base64Spellings(value: string): string[] {
  const within = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return bytes.toString('base64').slice(start, end);
  });
  const all = [Buffer.from(value).toString('base64'), ...within];
  return all.flatMap((text) => [
    text,
    text.replaceAll('+', '-').replaceAll('/', '_'),
    encodeURIComponent(text),
  ]);
}

/** Everything that a configuration says, but for what may be secret. */
function publicText(config: Config): string {
  const { services, ...stack } = config;
  const open = services.map(({ containers, ...service }) => [
    service,
    containers.map(({ environment, command: _, ...container }) => [Object.keys(environment), container]),
  ]);
  return JSON.stringify([namesOf(config).stack, stack, open]);
}

const xmlEscaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A problem without secrets; its cause, too, which is shown to who looks for a mistake. */
export function redactedProblem({ code, what, why, now, fix, cause }: Problem, redact: Redact): Problem {
  return new Problem(code, {
    what: redact(what),
    why: redact(why),
    now: redact(now),
    fix: fix.map(redact),
    cause: cause === undefined ? undefined : redactedCause(cause, redact),
  });
}

const redactedCause = (cause: unknown, redact: Redact): unknown =>
  cause instanceof Error ? redactedError(cause, redact) : redact(String(cause));

function redactedError({ name, message, stack = '' }: Error, redact: Redact): Error {
  return Object.assign(new Error(redact(message)), { name, stack: redact(stack) });
}

/** A report that says no secrets. */
export const redactedReport =
  (report: Report, redact: Redact): Report =>
  (event: Event) =>
    report({ ...event, text: redact(event.text) });
