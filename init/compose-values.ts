/** Reads the values in a Compose file, in each of their forms: variables, ports, commands and paths. Pure. */
import { record } from '../lib/program/folder-view.ts';
import { simpleCommand } from '../lib/program/shell-words.ts';
import { fieldsOf } from './compose-file.ts';
import { expandDefaults } from './compose-variables.ts';

/** The ports of Node's debugger. */
const DEBUGGER_PORTS = [9229, 9230];

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** Returns the values of variables, with the defaults of those in them, and the names of those without a value. */
export function variablesIn(variables: unknown): { values: Record<string, string>; unset: string[] } {
  const entries = Object.entries(fieldsOf(variables)).filter(([name]) => name !== '');
  const expanded = entries.map(([name, value]) => ({
    name,
    ...(isScalar(value) ? expandDefaults(String(value)) : { text: '', unset: [name] }),
  }));
  return {
    values: Object.fromEntries(
      expanded.flatMap(({ name, text, unset }) => (unset.length > 0 ? [] : [[name, text]])),
    ),
    unset: expanded.filter(({ unset }) => unset.length > 0).map(({ name }) => name),
  };
}

/** Returns the ports of containers in `ports` or `expose`: `3000`, `80:3000`, `127.0.0.1:80:3000/tcp` or `{ target: 3000 }`. */
export function containerPortsIn(ports: unknown): number[] {
  if (!Array.isArray(ports)) return [];
  const found = ports.map((port: unknown) => {
    const { target = port, protocol = '' } = record(port);
    const { text } = expandDefaults(String(target));
    const [, number] = /(?:^|:)(\d+)(?:-\d+)?(?:\/tcp)?$/.exec(text) ?? [];
    return protocol === 'udp' ? 0 : Number(number ?? 0);
  });
  return [...new Set(found)].filter((port) => port > 0 && port < 65_536 && !DEBUGGER_PORTS.includes(port));
}

export const commandText = (command: unknown): string | undefined =>
  Array.isArray(command) ? command.map(String).join(' ') : expandedText(command);

/** Returns the words of a command; undefined if it needs a shell or a variable. */
export function commandWords(command: unknown): readonly string[] | undefined {
  const line = commandText(command);
  if (line === undefined || line === '') return undefined;
  if (Array.isArray(command))
    return expandDefaults(line).unset.length > 0
      ? undefined
      : command.map((word) => expandDefaults(String(word)).text);
  const simple = simpleCommand(line);
  return simple === undefined || Object.keys(simple.environment).length > 0 ? undefined : simple.words;
}

/** Returns the path in the URL that a health check requests on its own machine. */
export function healthPathIn(test: unknown): string | undefined {
  const [, path] =
    /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::[^/\s'"]+)?(\/[\w./-]*)?/.exec(
      commandText(test) ?? '',
    ) ?? [];
  return path;
}

/** Returns a string with its variables expanded; undefined for other values and if a variable has no default. */
export function expandedText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const { text, unset } = expandDefaults(value);
  return unset.length > 0 ? undefined : text;
}

/** Returns the strings of a list, or a single one; an element may be an object with a path. */
export const stringsIn = (value: unknown): string[] =>
  (Array.isArray(value)
    ? (value as unknown[])
    : value === undefined || value === null
      ? []
      : [value]
  ).flatMap((item) => (typeof item === 'string' ? item : (expandedText(record(item)['path']) ?? [])));
