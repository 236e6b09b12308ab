// The plan and the drift: what the next provision would change, and why.
import { element, nothingHere, shape } from './dom.js';
import { noticeNode } from './top.js';
import { clockTime, counted } from './words.js';

/** The signs and the words of the verbs. @type {Record<string, [string, string]>} */
const VERBS = {
  create: ['+', 'create'],
  update: ['~', 'update'],
  replace: ['±', 'replace'],
  remove: ['−', 'remove'],
  refused: ['!', 'refused'],
};

/** @param {import('./state.js').PageState} state @returns {Node[]} */
export function changesView({ changes: topic }) {
  if (!topic)
    return [
      nothingHere(
        'Comparing the stack with its configuration.',
        'The images are built from their sources, which takes a moment.',
      ),
    ];
  if (topic.notice) return [noticeNode(topic.notice)];
  const changes = topic.changes ?? [];
  const warnings = topic.warnings ?? [];
  const isSame = changes.length === 0;
  const about = isSame
    ? 'The next provision would change nothing.'
    : topic.configurationChanged
      ? 'The configuration has changed since the last provision. The next provision makes these changes:'
      : 'The configuration is the same as at the last provision, so these differences were made outside of Slipway. The next provision repairs them:';
  return [
    element(
      'section',
      { class: 'card', 'aria-labelledby': 'changes-title' },
      element(
        'div',
        { class: 'split' },
        element(
          'h2',
          { id: 'changes-title' },
          isSame
            ? 'No differences'
            : `${topic.configurationChanged ? 'Plan' : 'Drift'}: ${counted(changes.length, 'difference')}`,
        ),
        element(
          'p',
          { class: `state ${isSame ? 'ok' : 'busy'} figures` },
          shape(isSame ? 'ok' : 'busy'),
          element('span', {}, `compared at ${clockTime(topic.at ?? '')}`),
        ),
      ),
      element('p', { class: 'about' }, about),
      ...warnings.map((text) => element('p', { class: 'warning' }, `${text}.`)),
      element('ul', { class: 'rows changes' }, ...changes.map(changeRow)),
    ),
  ];
}

/** @param {import('./state.js').Change} change */
function changeRow({ address, verb, reason, fields }) {
  const [sign = '', words = verb] = VERBS[verb] ?? [];
  return element(
    'li',
    { class: verb, 'data-key': address },
    element(
      'p',
      { class: 'name' },
      element('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      element('span', { class: 'verb' }, words),
      ' ',
      element('span', { class: 'code break' }, address),
    ),
    reason !== '' && element('p', { class: 'quiet break' }, reason),
    fields.length > 0 &&
      element(
        'dl',
        { class: 'fields' },
        ...fields.flatMap(({ field, from, to }) => [
          element('dt', { class: 'code' }, field),
          element('dd', { class: 'code break' }, difference(from, to)),
        ]),
      ),
  );
}

/** @param {unknown} from @param {unknown} to */
function difference(from, to) {
  if (from === undefined && to === undefined) return 'differs; the value may be secret';
  if (from === undefined) return valueText(to);
  return `${valueText(from)} → ${valueText(to)}`;
}

/** @param {unknown} value */
function valueText(value) {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'object' && 'knownAfter' in value) return `known after ${String(value.knownAfter)}`;
  return String(value);
}
