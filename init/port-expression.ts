/** Evaluates the expression with which a program chooses its port or host: literals, environment variables and constants. Pure. */
import type { SourceFile } from './source-files.ts';
import { propertyOf, splitTopLevel, stringIn } from './source-text.ts';

/** The known parts of a value: the variables that a program reads for it, in order, and the literals that it falls back to. */
export interface ValueParts {
  readonly variables: readonly string[];
  readonly literals: readonly string[];
}

const NOTHING: ValueParts = { variables: [], literals: [] };
/** The number of definitions that are followed. */
const MAX_DEPTH = 6;

const ENVIRONMENT = /^(?:process\.env|Bun\.env|env)\s*(?:\.\s*(\w+)|\[\s*['"](\w+)['"]\s*\])$/;
/** A setting that a library reads from the environment, e.g. `config.get<number>('PORT')`. */
const SETTING = /\.\s*(?:get|getOrThrow)\s*(?:<[^>]*>)?\(\s*['"]([A-Z][A-Z0-9_]*)['"]/;

/** Evaluates an expression of one of the files. */
export function partsOf(expression: string, files: readonly SourceFile[], depth = MAX_DEPTH): ValueParts {
  const text = simplified(expression);
  if (depth === 0 || text === '') return NOTHING;
  const alternatives = splitTopLevel(text, /\|\||\?\?|\?(?!\.)|:/y);
  if (alternatives.length > 1)
    return joined(alternatives.map((alternative) => partsOf(alternative, files, depth - 1)));
  const literal = /^\d[\d_]*$/.test(text) ? text.replaceAll('_', '') : stringIn(text);
  if (literal !== undefined) return { variables: [], literals: [literal] };
  const [, dotted, indexed] = ENVIRONMENT.exec(text) ?? [];
  const variable = dotted ?? indexed;
  if (variable !== undefined) return { variables: [variable], literals: [] };
  const [call, setting] = SETTING.exec(text) ?? [];
  if (call !== undefined && setting !== undefined) {
    const [, fallback = ''] = splitTopLevel(text.slice(text.indexOf(call) + call.length), /,/y);
    return joined([{ variables: [setting], literals: [] }, partsOf(fallback, files, depth - 1)]);
  }
  const [, inner] = /^[\w$.]*[nN]ormalize[\w$]*\((.*)\)$/s.exec(text) ?? /^[\w$]+\((.*)\)$/s.exec(text) ?? [];
  if (inner !== undefined) return partsOf(splitTopLevel(inner, /,/y)[0] ?? '', files, depth - 1);
  return definitionOf(text, files, depth);
}

/** Removes conversions and type assertions around an expression. */
function simplified(expression: string): string {
  let text = expression.trim();
  for (let before = ''; before !== text;) {
    before = text;
    text = text
      .replace(/\s+as\s+[\w<>| ]+$/, '')
      .replace(/!$/, '')
      .replace(/^(?:await|\+)\s*/, '')
      .replace(/^\((.*)\)$/s, (match: string, inner: string) =>
        splitTopLevel(inner, /\)/y)[0] === inner.trim() ? inner : match,
      )
      .replace(/^(?:Number|String|parseInt|Number\.parseInt|parseFloat)\((.*)\)$/s, (_, inner: string) =>
        (splitTopLevel(inner, /,/y)[0] ?? '').trim(),
      )
      .trim();
  }
  return text;
}

const joined = (parts: readonly ValueParts[]): ValueParts => ({
  variables: [...new Set(parts.flatMap(({ variables }) => variables))],
  literals: [...new Set(parts.flatMap(({ literals }) => literals))],
});

/** Evaluates a name such as `port`, `config.port` or `app.get('port')` by its definitions, those in the first file first. */
function definitionOf(text: string, files: readonly SourceFile[], depth: number): ValueParts {
  const [, name] = /^(?:[\w$]+\s*\??\.\s*)*([\w$]+)$/.exec(text) ?? [];
  const [, setting] = /\.get\(\s*['"](\w+)['"]\s*\)$/.exec(text) ?? [];
  const word = name ?? setting;
  if (word === undefined) return NOTHING;
  const escaped = word.replaceAll('$', '\\$');
  for (const { text: source } of files) {
    const values = [
      ...definitions(
        source,
        new RegExp(String.raw`\b(?:const|let|var)\s+${escaped}\s*(?::[^=\n]+)?=(?!=)\s*`, 'g'),
      ),
      ...definitions(source, new RegExp(String.raw`\.set\(\s*['"]${escaped}['"]\s*,\s*`, 'g')),
      ...(name === undefined ? [] : destructured(source, escaped)),
      ...(text.includes('.')
        ? definitions(source, new RegExp(String.raw`[{,]\s*['"]?${escaped}['"]?\s*:\s*`, 'g'))
        : []),
    ].filter((value) => value !== text);
    const parts = joined(values.map((value) => partsOf(value, files, depth - 1)));
    if (parts.variables.length + parts.literals.length > 0) return parts;
  }
  return NOTHING;
}

/** Returns the expressions that follow a pattern. */
const definitions = (source: string, pattern: RegExp): string[] =>
  [...source.matchAll(pattern)].map(
    (match) =>
      splitTopLevel(source, /[,;\n](?!\s*(?:\|\||\?\?|[?:]))/y, match.index + match[0].length)[0] ?? '',
  );

/** Returns the value of a constant in `const { PORT = 3000 } = process.env`, as an expression. */
function destructured(source: string, name: string): string[] {
  return [...source.matchAll(/\b(?:const|let|var)\s+(\{[^}]*\})\s*=\s*process\.env\b/g)].flatMap(
    ([, object = '']) => {
      const [, key, fallback] =
        new RegExp(String.raw`[{,]\s*(?:(\w+)\s*:\s*)?${name}\b\s*(?:=\s*([^,}]+))?`).exec(object) ?? [];
      if (!new RegExp(String.raw`[{,:\s]${name}\b`).test(object)) return [];
      const variable = `process.env.${key ?? name}`;
      return [fallback === undefined ? variable : `${variable} || ${fallback}`];
    },
  );
}

/** Returns the port and the host that a call of `listen` names. @param args the arguments of the call */
export function listenArguments(args: readonly string[]): { readonly port?: string; readonly host?: string } {
  const [first = '', second] = args;
  if (first.startsWith('{')) {
    const port = propertyOf(first, 'port');
    const host = propertyOf(first, 'host') ?? propertyOf(first, 'hostname');
    return { ...(port !== undefined && { port }), ...(host !== undefined && { host }) };
  }
  const isCallback = (text: string) => /=>|^(?:async\s+)?function\b/.test(text);
  if (first === '' || isCallback(first)) return {};
  return { port: first, ...(second !== undefined && !isCallback(second) && { host: second }) };
}
