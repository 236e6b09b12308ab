/** Finds the fix for an unknown key or value: a word of another tool, a misplaced field, or a misspelling. */
import { closest, distance } from 'fastest-levenshtein';
import { pathText } from './display.ts';
import type { Finding, Path } from './finding.ts';
import { fieldPaths, nodeAt, objectNode } from './schema-nodes.ts';
import { NOT_YET, NOT_YET_VALUES } from './not-yet.ts';
import { ELSEWHERE, LEVELS, SYNONYMS } from './wishes.ts';

/** A finding from an issue of the schema. */
export interface SchemaFinding extends Finding {
  /** The path of the field that an unknown key was probably meant to be. */
  readonly meantPath?: Path;
}

/** An answer to a word: a fix, or the field to use and how the field differs from the word. */
type Answer = { readonly fix: string } | { readonly field: readonly string[]; readonly difference: string };

/** Normalises a word, since tools write it as `desiredCount`, `desired_count` or `DesiredCount`. */
const normalized = (word: string): string => word.replace(/[-_]/g, '').toLowerCase();

const ANSWERS: ReadonlyMap<string, Answer> = new Map([
  ...answers(
    SYNONYMS,
    ([words]) => words,
    (field, [, difference = '']) => ({ field: field.split('.'), difference }),
  ),
  ...answers(
    ELSEWHERE,
    (_, words) => words,
    (_, fix) => ({ fix }),
  ),
  ...answers(
    NOT_YET,
    (_, words) => words,
    (_, answer) => ({ fix: `Not supported yet. ${answer}` }),
  ),
]);

/** Makes an answer for each word of each row. */
function answers<Row>(
  rows: Readonly<Record<string, Row>>,
  wordsOf: (row: Row, key: string) => string,
  answerOf: (key: string, row: Row) => Answer,
): [string, Answer][] {
  return Object.entries(rows).flatMap(([key, row]) =>
    wordsOf(row, key)
      .split(' ')
      .map((word): [string, Answer] => [normalized(word), answerOf(key, row)]),
  );
}

/** All fields, the outermost first. */
const FIELDS = fieldPaths().sort((one, other) => one.length - other.length);

/** Returns the finding for a key that its object does not have. @param path the path of the object */
export function unknownKey(path: Path, key: string, parent: object): SchemaFinding {
  const partialFinding = { path: [...path, key], value: 'unknown key' };
  const answer = answerTo(path, key);
  if (answer !== undefined && 'fix' in answer) return { ...partialFinding, fix: answer.fix };
  if (answer !== undefined) return { ...partialFinding, ...fixWithField(path, answer) };
  const knownKeys = Object.keys(objectNode(nodeAt(path))?.properties ?? {});
  const fieldElsewhere = knownKeys.some((name) => normalized(name) === normalized(key))
    ? undefined
    : fieldCalled(key);
  if (fieldElsewhere !== undefined) {
    const { place, description } = placeOf(path, fieldElsewhere);
    return { ...partialFinding, fix: `Move it to ${place}: ${description}.` };
  }
  const nearKey = nearest(
    key,
    knownKeys.filter((name) => !(name in parent)),
  );
  return nearKey === undefined
    ? { ...partialFinding, fix: `Remove it. The known keys are: ${knownKeys.join(', ')}.` }
    : { ...partialFinding, fix: `Did you mean ${nearKey}?`, meantPath: [...path, nearKey] };
}

/** Returns the fix for a value that Slipway does not support yet; undefined for other values. */
export function unsupportedValueFix(path: Path, value: unknown): string | undefined {
  const unsupported = NOT_YET_VALUES.find(
    ({ template, values }) =>
      template === templateOf(path) &&
      typeof value === 'string' &&
      values.split(' ').includes(value.toUpperCase()),
  );
  return unsupported && `Not supported yet. ${unsupported.answer}`;
}

function answerTo(path: Path, key: string): Answer | undefined {
  // The words are not about the objects in lists, such as permissions.
  if (path.some((part) => typeof part === 'number')) return undefined;
  const level = Object.entries(LEVELS).find(([template]) => template === templateOf(path))?.[1];
  return ANSWERS.get(`${level}:${normalized(key)}`) ?? ANSWERS.get(normalized(key));
}

/** Returns a path with `*` for the keys of records. */
const templateOf = (path: Path): string =>
  path
    .map((key, index) =>
      objectNode(nodeAt(path.slice(0, index)))?.properties === undefined ? '*' : String(key),
    )
    .join('.');

/** Returns the fix that suggests a field. */
function fixWithField(
  path: Path,
  { field, difference }: { readonly field: readonly string[]; readonly difference: string },
): Pick<SchemaFinding, 'fix' | 'meantPath'> {
  const { place, description, isSibling, fieldPath } = placeOf(path, field);
  const fix = `Use ${place}: ${description}.${difference === '' ? '' : ` ${difference}`}`;
  return isSibling ? { fix, meantPath: fieldPath } : { fix };
}

/**
 * Describes a field for the author of the object at a path. A field of that object is called by its name, any other by its whole
 * path.
 */
function placeOf(path: Path, field: readonly string[]) {
  const isAncestorShared = (index: number) =>
    field.slice(0, index).every((key, depth) => key === '*' || key === path[depth]);
  const fieldPath = field.map((key, index) =>
    key === '*' ? ((isAncestorShared(index) ? path[index] : undefined) ?? '<name>') : key,
  );
  const isSibling = templateOf(path) === field.slice(0, -1).join('.');
  const fullPath = fieldPath.includes('<name>') ? fieldPath.join('.') : pathText(fieldPath);
  const place = isSibling ? String(field.at(-1)) : fullPath;
  return { place, description: nodeAt(field)?.description ?? '', isSibling, fieldPath };
}

/** Returns the path of a field with this name, the outermost if there are several. Never returns a field called `name`. */
const fieldCalled = (key: string): readonly string[] | undefined =>
  FIELDS.find((field) => {
    const name = field.at(-1) ?? '';
    return name !== 'name' && name !== '*' && normalized(name) === normalized(key);
  });

/** Returns the name that a user who typed `key` probably meant: one that begins with `key` or differs in a few letters. */
function nearest(key: string, names: readonly string[]): string | undefined {
  const typed = key.slice(0, 40).toLowerCase();
  const completed = names.find((name) => typed.length >= 3 && name.toLowerCase().startsWith(typed));
  if (completed !== undefined || names.length === 0) return completed;
  const name = closest(typed, names);
  return distance(typed, name.toLowerCase()) <= Math.max(1, Math.floor(name.length / 2)) ? name : undefined;
}
