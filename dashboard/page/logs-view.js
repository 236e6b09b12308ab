// The last lines of the containers, which can be filtered by container and by what they contain.
import { element, nothingHere } from './dom.js';
import { noticeNode } from './top.js';
import { clockTime, counted, shortId } from './words.js';

/** How far from its end a log still follows new lines, in pixels. */
const NEAR = 40;

const filter = { container: '', text: '' };
let isAtEnd = true;

/** @param {import('./state.js').PageState} state @returns {Node[]} */
function draw({ logs }) {
  if (!logs) return [nothingHere('Reading the log.')];
  if (logs.notice) return [noticeNode(logs.notice)];
  const names = [...new Set(logs.lines.map(({ service, container }) => `${service}/${container}`))].sort();
  const lines = logs.lines.filter(
    ({ service, container, text }) =>
      (filter.container === '' || filter.container === `${service}/${container}`) &&
      text.toLowerCase().includes(filter.text.toLowerCase()),
  );
  return [
    element(
      'section',
      { class: 'card log-card', 'aria-labelledby': 'logs-title' },
      element(
        'div',
        { class: 'tools' },
        element('h2', { id: 'logs-title' }, 'What the containers print'),
        element(
          'label',
          {},
          element('span', {}, 'Container'),
          element(
            'select',
            { name: 'container' },
            element('option', { value: '' }, 'all'),
            ...names.map((name) => element('option', { value: name, 'data-key': name }, name)),
          ),
        ),
        element(
          'label',
          {},
          element('span', {}, 'Contains'),
          element('input', { type: 'search', name: 'text', 'data-own': true, autocomplete: 'off' }),
        ),
      ),
      lines.length === 0
        ? nothingHere(
            logs.lines.length === 0 ? 'The containers have not printed anything yet.' : 'No line matches.',
          )
        : element(
            'ol',
            { class: 'log', tabindex: '0', 'aria-label': 'Log lines, the newest last', 'data-key': 'log' },
            ...lines.map(lineRow),
          ),
      element('p', { class: 'quiet figures' }, countText(logs, lines.length)),
    ),
  ];
}

/** @param {NonNullable<import('./state.js').PageState['logs']>} logs @param {number} shown */
function countText({ lines, omitted }, shown) {
  const more =
    omitted > 0
      ? ` ${counted(omitted, 'more line')} arrived in between; npm run logs shows all of them.`
      : '';
  return `${counted(shown, 'line')} of the last ${lines.length}.${more}`;
}

/** @param {import('./state.js').LogLine} line */
const lineRow = ({ id, at, service, container, task, level, text }) =>
  element(
    'li',
    { 'data-key': id },
    element('time', { class: 'figures', datetime: at }, clockTime(at)),
    element(
      'span',
      { class: 'source', title: `task ${task}` },
      `${service}/${container} ${shortId(task).slice(0, 4)}`,
    ),
    element(
      'span',
      { class: 'said' },
      level !== undefined && element('b', { class: levelClass(level) }, `${level} `),
      text,
    ),
  );

/** @param {string} level */
const levelClass = (level) =>
  /^(ERR|FATAL|CRIT|ALERT|EMERG)/.test(level) ? 'bad' : level.startsWith('WARN') ? 'busy' : 'idle';

export const logsView = {
  draw,
  /** Keeps the end in view, unless the user has scrolled up. @param {unknown} _state @param {HTMLElement} panel */
  drawn(_state, panel) {
    const log = panel.querySelector('.log');
    if (log && isAtEnd) log.scrollTop = log.scrollHeight;
  },
  /** @param {HTMLElement} panel @param {unknown} _state @param {() => void} redraw */
  listen(panel, _state, redraw) {
    panel.addEventListener('input', ({ target }) => {
      if (target instanceof HTMLSelectElement && target.name === 'container') filter.container = target.value;
      else if (target instanceof HTMLInputElement && target.name === 'text') filter.text = target.value;
      else return;
      isAtEnd = true;
      redraw();
    });
    panel.addEventListener(
      'scroll',
      ({ target }) => {
        if (!(target instanceof Element) || !target.classList.contains('log')) return;
        isAtEnd = target.scrollHeight - target.scrollTop - target.clientHeight < NEAR;
      },
      true,
    );
  },
};
