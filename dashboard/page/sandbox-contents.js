// The contents of the sandbox: its resources by kind, and its last calls.
import { element, nothingHere, shape } from './dom.js';
import { clockTime, number } from './words.js';

/** @param {import('./state.js').Contents} contents */
export function resourcesCard({ resources = {} }) {
  const kinds = Object.entries(resources).sort(([one], [other]) => one.localeCompare(other));
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  return element(
    'section',
    { class: 'card', 'aria-labelledby': 'resources-title', 'data-key': 'resources' },
    element('h2', { id: 'resources-title' }, `Resources: ${number(total)}`),
    kinds.length === 0
      ? nothingHere('The account is empty.')
      : element(
          'dl',
          { class: 'kinds' },
          ...kinds.map(([kind, count]) => {
            const [service = '', name = ''] = kind.split('.');
            return element(
              'div',
              { 'data-key': kind },
              element('dt', {}, element('span', { class: 'quiet' }, `${service} `), spaced(name)),
              element('dd', { class: 'figures' }, number(count)),
            );
          }),
        ),
  );
}

/** Separates the words of a name: `taskDefinitions` becomes `task definitions`. @param {string} name */
const spaced = (name) =>
  name.replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);

/**
 * @param {import('./state.js').Contents} contents
 * @param {boolean} isEveryCall whether calls that only read are listed, too
 */
export function journalCard({ calls, changes }, isEveryCall) {
  const shown = isEveryCall ? calls : changes;
  return element(
    'section',
    { class: 'card', 'aria-labelledby': 'journal-title', 'data-key': 'journal' },
    element(
      'div',
      { class: 'tools' },
      element('h2', { id: 'journal-title' }, 'Journal of calls'),
      element(
        'label',
        { class: 'check' },
        element('input', { type: 'checkbox', name: 'every-call' }),
        element('span', {}, 'also calls that only read'),
      ),
    ),
    shown.length === 0
      ? nothingHere('No call has changed anything yet.')
      : element(
          'div',
          { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Calls, the newest first' },
          element(
            'table',
            { class: 'journal' },
            element(
              'thead',
              {},
              element(
                'tr',
                {},
                ...['Time', 'Call', 'Result'].map((title) => element('th', { scope: 'col' }, title)),
              ),
            ),
            element('tbody', {}, ...shown.map(callRow)),
          ),
        ),
  );
}

/** @param {import('./state.js').Call} call */
function callRow({ at, service, operation, region, result, fault, throttled }) {
  const isOk = result === 'ok' && fault === undefined;
  const words = [result, fault && `injected: ${fault}`, throttled && 'throttled'].filter(Boolean).join(', ');
  return element(
    'tr',
    {},
    element('td', { class: 'figures' }, clockTime(at)),
    element(
      'td',
      {},
      element('span', { class: 'quiet' }, `${service} `),
      element('span', { class: 'code' }, operation),
      element('span', { class: 'quiet region' }, ` ${region}`),
    ),
    element(
      'td',
      { class: `state ${isOk ? 'ok' : 'bad'}` },
      shape(isOk ? 'ok' : 'bad'),
      element('span', {}, words),
    ),
  );
}
