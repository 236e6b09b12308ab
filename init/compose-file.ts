/** Finds and parses the Compose files of a repository. */
import { parseDocument } from 'yaml';
import { messageOf } from '../lib/aws/errors.ts';
import { record, type FolderView } from '../lib/program/folder-view.ts';
import { replaceAliases } from './compose-aliases.ts';

/** The services of the Compose files of a folder. */
export interface ComposeFile {
  /** The names of the files, as users read them, e.g. `compose.yaml`. */
  readonly name: string;
  /** The services, as the files describe them. */
  readonly services: Readonly<Record<string, Fields>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** The files that Compose reads by default, the preferred one first. */
const USUAL = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const VARIANT = /^(?:docker-)?compose[.-][\w.-]+\.ya?ml$/;
const PRODUCTION = /[.-]prod(?:uction)?\.ya?ml$/;
/** Variants for developers and for tests, which describe a different stack from the one to provision. */
const OTHER_PURPOSE = /[.-](?:override|dev(?:elop(?:ment)?)?|local|debug|tests?|ci|e2e)\.ya?ml$/;
/** Large enough for any Compose file that a person has written. */
const MAX_LENGTH = 300_000;

/**
 * Reads the Compose file of a folder, with its variant for production.
 * @param warn gets one sentence for each file that cannot be read, or that is not read on purpose
 * @returns undefined if there is no such file
 * @see https://docs.docker.com/reference/compose-file/
 */
export function readComposeFile(view: FolderView, warn: (text: string) => void): ComposeFile | undefined {
  const names = view.list('.').filter((name) => view.kindOf(name) === 'file');
  const variants = names.filter((name) => VARIANT.test(name) && !USUAL.includes(name));
  const usual = USUAL.find((name) => names.includes(name));
  const production = variants.find((name) => PRODUCTION.test(name));
  const only = variants.find((name) => !OTHER_PURPOSE.test(name));
  const chosen = [usual, production ?? (usual === undefined ? only : undefined)];
  const read = chosen.flatMap((name) => {
    const services = name === undefined ? undefined : parseServices(view, name, warn);
    return name === undefined || services === undefined ? [] : [{ name, services }];
  });
  if (read.length === 0) return undefined;
  const others = variants.filter((name) => !chosen.includes(name));
  if (others.length > 0) warn(`${others.join(' and ')} ${others.length === 1 ? 'is' : 'are'} not read.`);
  const services = read.map((one) => one.services).reduce(merged);
  return { name: read.map(({ name }) => name).join(' and '), services: withExtended(services) };
}

function parseServices(
  view: FolderView,
  name: string,
  warn: (text: string) => void,
): Record<string, Fields> | undefined {
  const text = view.read(name) ?? '';
  try {
    if (text.length > MAX_LENGTH) throw new Error('it is too long');
    const document = parseDocument(text, { merge: true, logLevel: 'silent', uniqueKeys: false });
    const [error] = document.errors;
    if (error) throw error;
    replaceAliases(document);
    const services = record(record(document.toJS()).services);
    return Object.fromEntries(Object.entries(services).map(([key, fields]) => [key, record(fields)]));
  } catch (error) {
    const [reason = ''] = messageOf(error).split('\n');
    warn(`${name} is not read: ${reason.replace(/:$/, '')}.`);
    return undefined;
  }
}

/** Merges the services of a variant into those of a file. Lists are combined, except for commands. */
function merged(
  base: Readonly<Record<string, Fields>>,
  variant: Readonly<Record<string, Fields>>,
): Record<string, Fields> {
  const names = new Set([...Object.keys(base), ...Object.keys(variant)]);
  return Object.fromEntries(
    [...names].map((name) => [name, mergedFields(base[name] ?? {}, variant[name] ?? {})]),
  );
}

function mergedFields(base: Fields, variant: Fields): Fields {
  const both = Object.keys(variant).filter((key) => key in base);
  const combined = both.map((key) => [key, combinedValue(key, base[key], variant[key])] as const);
  return { ...base, ...variant, ...Object.fromEntries(combined) };
}

function combinedValue(key: string, one: unknown, other: unknown): unknown {
  if (/^(?:command|entrypoint|test)$/.test(key)) return other;
  if (key === 'environment' || key === 'args') return { ...fieldsOf(one), ...fieldsOf(other) };
  if (key === 'build') return mergedFields(buildOf(one), buildOf(other));
  if (Array.isArray(one) && Array.isArray(other)) return [...(one as unknown[]), ...(other as unknown[])];
  if (isMap(one) && isMap(other)) return mergedFields(one, other);
  return other;
}

const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the fields of `build`, which may be only the path of the context. */
export const buildOf = (build: unknown): Fields =>
  typeof build === 'string' ? { context: build } : record(build);

/** Returns variables from a map, or from a list of `NAME=value`. A value is null if Compose takes it from the machine's environment. */
export function fieldsOf(variables: unknown): Record<string, unknown> {
  if (!Array.isArray(variables)) return { ...record(variables) };
  return Object.fromEntries(
    variables.map((item) => {
      const [, name = '', value] = /^([^=]*)(?:=([^]*))?$/.exec(String(item)) ?? [];
      return [name, value ?? null];
    }),
  );
}

/** Adds what services inherit from others of the same file with `extends`. */
function withExtended(services: Readonly<Record<string, Fields>>): Record<string, Fields> {
  const extend = (fields: Fields, depth: number): Fields => {
    const { extends: parent, ...own } = fields;
    const name = typeof parent === 'string' ? parent : record(parent)['service'];
    const isHere = typeof parent === 'string' || record(parent)['file'] === undefined;
    const base = typeof name === 'string' && isHere ? services[name] : undefined;
    return base === undefined || depth === 0 ? own : mergedFields(extend(base, depth - 1), own);
  };
  return Object.fromEntries(Object.entries(services).map(([name, fields]) => [name, extend(fields, 9)]));
}
