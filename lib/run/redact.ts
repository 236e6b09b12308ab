/** Removes possible secrets from foreign text: AWS repeats its input in errors, and programs may print anything. */
import type { Config } from '../config/config.ts';
import { containersOf } from '../config/config.ts';
import { namesOf } from '../derive/names.ts';
import { Problem } from '../model/problem.ts';
import type { Event, Report } from '../model/report.ts';
import { secretsInCommand, secretsInVariable, withoutSecretForms } from '../model/secret-values.ts';

/** Replaces the secrets in a string. */
export type Redact = (text: string) => string;

/** Shorter values are ignored: they occur in ordinary words. */
const MIN_LENGTH = 6;
const HIDDEN = '(not shown)';

/** The environment variables of this process that are secrets. */
const SECRET_VARIABLES = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** A bare origin cannot contain a secret: it has no user, path or query. */
const ORIGIN = /^\w+:\/\/[\w.-]+(:\d+)?\/?$/;

/** The session token: when a signature is wrong, AWS's answer repeats everything that was signed, including the token. */
const SESSION_TOKEN = /(x-amz-security-token[=:]\s*)[^\s&,'"]+/gi;

/**
 * Makes the redactor of a run. It hides the keys of the account, and whatever looks like a secret: by the name of its variable or
 * its option, or by its form. Ordinary values such as a port are shown, since messages would be unreadable without them. A value
 * that also occurs elsewhere in the configuration is shown, too: no one writes a secret there.
 */
export function redactorFor(config: Config, env: NodeJS.ProcessEnv = process.env): Redact {
  const values = containersOf(config).flatMap(({ environment, image, command = [] }) => [
    ...Object.entries({ ...environment, ...('source' in image ? image.buildArgs : {}) }).flatMap(
      ([name, value]) => secretsInVariable(name, value),
    ),
    ...secretsInCommand(command),
  ]);
  const publicParts = publicText(config);
  const isPublic = (value: string) => publicParts.includes(value) || ORIGIN.test(value);
  const secrets = [
    ...values.flatMap(withLines).filter((value) => !isPublic(value)),
    ...SECRET_VARIABLES.map((key) => env[key] ?? ''),
  ]
    .filter((value) => value.length >= MIN_LENGTH)
    // Longest first: one secret may be part of another.
    .sort((one, other) => other.length - one.length);
  const forms = [...new Set(secrets.flatMap(spellings))];
  return (text) =>
    withoutSecretForms(
      withoutCutSecrets(
        forms.reduce((hidden, secret) => hidden.replaceAll(secret, HIDDEN), text),
        forms,
      ),
      HIDDEN,
    ).replace(SESSION_TOKEN, `$1${HIDDEN}`);
}

/** Hides the beginnings of secrets at the places where an excerpt was cut off. */
function withoutCutSecrets(text: string, forms: readonly string[]): string {
  const [first = '', ...rest] = text.split(CUT);
  if (rest.length === 0) return text;
  const hidden = (part: string): string => {
    const length = Math.max(0, ...forms.map((form) => shownLength(part, form)));
    return length === 0 ? part : `${part.slice(0, -length)}${HIDDEN}`;
  };
  const parts = [first, ...rest];
  return parts.map((part, index) => (index < parts.length - 1 ? hidden(part) : part)).join(CUT);
}
/** The character at the end of a string that was cut off. */
const CUT = '…';

/** Returns how many characters of a secret are shown at the end of a string; 0 if they are too few to matter. */
function shownLength(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length >= MIN_LENGTH; length -= 1)
    if (text.endsWith(secret.slice(0, length))) return length;
  return 0;
}

/** Returns a value and each of its lines: a program prints the lines in sequence, and each becomes a separate event. */
const withLines = (value: string): string[] => [value, ...value.split(/[\r\n]+/).map((line) => line.trim())];

/** Returns a value as it is, and as it appears in JSON, in XML, in a URL and in base64. */
function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    json,
    xmlEscaped(value),
    encodeURIComponent(value),
    ...base64Spellings(value),
    ...base64Spellings(json),
  ];
}

/**
 * Returns the base64 forms of a value: alone, and inside a longer string such as the user and password in a header. Preceding
 * bytes shift the value by zero, one or two positions; each form has only the characters that depend on the value alone.
 * Base64 with line breaks is not found.
 */
function base64Spellings(value: string): string[] {
  const formsInside = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return bytes.toString('base64').slice(start, end);
  });
  const forms = [Buffer.from(value).toString('base64'), ...formsInside];
  return forms.flatMap((text) => [
    text,
    text.replaceAll('+', '-').replaceAll('/', '_'),
    encodeURIComponent(text),
  ]);
}

/** Returns everything in a configuration that cannot be a secret, as one string. */
function publicText(config: Config): string {
  const { services, ...stack } = config;
  const publicServices = services.map(({ containers, ...service }) => [
    service,
    containers.map(({ environment, command: _, image, ...container }) => [
      Object.keys(environment),
      container,
      'source' in image ? { ...image, buildArgs: Object.keys(image.buildArgs ?? {}) } : image,
    ]),
  ]);
  return JSON.stringify([namesOf(config).stack, stack, publicServices]);
}

const xmlEscaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Removes secrets from a problem, and from its cause, which is shown for debugging. */
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

/** Returns a report that removes secrets from every event. */
export const redactedReport =
  (report: Report, redact: Redact): Report =>
  (event: Event) =>
    report({ ...event, text: redact(event.text) });
