/** Formats a plan for people: groups, the most important first, within the width of a terminal. Pure. */
import type { Change, Verb } from '../../model/change.ts';
import { countsText } from '../plan-text.ts';
import { planItems, type PlanItem } from './plan-items.ts';
import type { Detail } from './field-words.ts';
import { GROUPS, NOUN_WORDS, type Group, type PlanFacts } from './resource-names.ts';
import { fitted, lineWidth, wrapped } from './wrap.ts';

/** Where the lines are shown, and what they compare. */
export interface PlanFormat {
  /** The width of the terminal in characters; undefined if the lines do not go to a terminal. */
  readonly columns?: number | undefined;
  /** Whether the lines describe drift instead of what a run is about to do. */
  readonly isDrift?: boolean;
}

const SIGNS: Readonly<Record<Verb, string>> = {
  create: '+',
  update: '~',
  replace: '±',
  remove: '-',
  refused: '!',
};

/** Words after the title of drift, where a plan has a sign only. */
const DRIFT_WORDS: Partial<Record<Verb, string>> = {
  create: 'missing',
  remove: 'not in the configuration',
};

/** Returns the lines of a plan: a heading for each group, and its entries. */
export function planLines(changes: readonly Change[], facts: PlanFacts, format: PlanFormat = {}): string[] {
  const items = planItems(changes, facts, format.isDrift === true ? 'drift' : 'plan');
  const rankOf = (group: Group) =>
    Math.min(...items.filter((item) => item.group === group).map(({ rank }) => rank));
  const shown = GROUPS.filter((group) => items.some((item) => item.group === group)).sort(
    (one, other) => Math.floor(rankOf(one)) - Math.floor(rankOf(other)),
  );
  return shown.flatMap((group) => [
    ...wrapped(heading(group, changes, format), lineWidth(format.columns), '', 2),
    ...items.filter((item) => item.group === group).flatMap((item) => itemLines(item, format)),
  ]);
}

/** E.g. `Services: 2 to create`; a change of tags alone counts in the group of the tags. */
function heading(group: Group, changes: readonly Change[], { isDrift }: PlanFormat): string {
  if (isDrift === true) return group;
  const isTagged = ({ verb, fields }: Change) =>
    verb === 'update' && fields.length > 0 && fields.every(({ field }) => field.startsWith('tag.'));
  const counted = changes.filter((change) =>
    group === 'Tags' ? isTagged(change) : !isTagged(change) && NOUN_WORDS[change.noun].group === group,
  );
  return `${group}: ${countsText(counted, 0)}`;
}

/** The columns of the details below an entry. */
const INDENT = 6;

function itemLines(item: PlanItem, { columns, isDrift = false }: PlanFormat): string[] {
  const width = lineWidth(columns);
  const { verb, title, text, reason, effect, details } = item;
  const words = isDrift ? (DRIFT_WORDS[verb] ?? text) : text;
  const line = (sentence: string) => wrapped(sentence, width, ' '.repeat(INDENT), INDENT + 2);
  return [
    ...wrapped(words === '' ? title : `${title}: ${words}`, width, `  ${SIGNS[verb]} `, 4),
    ...details.flatMap((detail) => detailLines(detail, width, isDrift)),
    ...(reason === undefined || isDrift ? [] : line(`why: ${reason}`)),
    ...(effect === undefined || isDrift ? [] : line(effect.isHarmful ? `! ${effect.text}` : effect.text)),
  ];
}

/** Formats a detail; values that do not fit are shortened in the middle. */
function detailLines(detail: Detail, width: number, isDrift: boolean): string[] {
  const indent = ' '.repeat(INDENT);
  if (typeof detail === 'string') return wrapped(detail, width, indent, INDENT + 2);
  const { label, from, to } = detail;
  const [before, between] = isDrift ? ['now ', '; configured: '] : ['', ' → '];
  const room = width - INDENT - label.length - 2 - before.length - between.length;
  const [shownFrom, shownTo] = fitted(from, to, Math.max(room, Math.floor((width - INDENT) / 2)));
  const line = `${indent}${label}: ${before}${shownFrom}${between}${shownTo}`;
  return line.length <= width ? [line] : wrapped(line.trimStart(), width, indent, INDENT + 2);
}

/** Returns whether a plan interrupts requests or loses anything, and the sentences that say so. */
export const harmfulEffects = (changes: readonly Change[], facts: PlanFacts): string[] =>
  planItems(changes, facts).flatMap(({ effect, title }) =>
    effect?.isHarmful ? [`${title}: ${effect.text}`] : [],
  );
