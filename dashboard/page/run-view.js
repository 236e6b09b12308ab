// The last run as a Gantt chart: when each step began and ended, and which steps determined the duration.
import { element, nothingHere, shape } from './dom.js';
import { noticeNode } from './top.js';
import { clockTime, counted, spanText } from './words.js';

/** The conditions and the words of the outcomes. @type {Record<string, [string, string]>} */
const OUTCOMES = { done: ['ok', 'done'], failed: ['bad', 'failed'], interrupted: ['bad', 'interrupted'] };
/** The approximate number of lines of the grid. */
const GRID_LINES = 5;

/** @param {import('./state.js').PageState} state @returns {Node[]} */
export function runView({ run: topic }) {
  if (!topic) return [nothingHere('Reading the last run.')];
  if (topic.notice) return [noticeNode(topic.notice)];
  const { run } = topic;
  if (!run)
    return [
      nothingHere(
        'No run has been recorded on this machine.',
        'The next provision, deployment, rollback or teardown is shown here: each step, and which of them determined how long it took.',
      ),
    ];
  const critical = run.steps.filter(({ isCritical }) => isCritical);
  const [condition, words] = OUTCOMES[run.outcome] ?? ['idle', run.outcome];
  const total = Math.max(1, run.duration);
  return [
    element(
      'section',
      { class: 'card', 'aria-labelledby': 'run-title' },
      element(
        'div',
        { class: 'split' },
        element('h2', { id: 'run-title' }, `${run.command} of ${run.stack}, ${spanText(run.duration)}`),
        element(
          'p',
          { class: `state ${condition}` },
          shape(condition ?? 'idle'),
          element('span', {}, words ?? ''),
        ),
      ),
      element(
        'p',
        { class: 'about' },
        `Started ${clockTime(run.startedAt)}, ${counted(run.steps.filter(({ noun }) => noun !== '').length, 'step')}. The critical path, in bold, determined the duration: ${critical.map(({ address }) => address).join(', then ')}.`,
      ),
      element(
        'table',
        { class: 'gantt' },
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col' }, 'Step'),
            element(
              'th',
              { scope: 'col', class: 'axis' },
              element('span', { class: 'hidden' }, 'From start to end'),
              ...ticks(total),
            ),
            element('th', { scope: 'col', class: 'end' }, 'Duration'),
          ),
        ),
        element('tbody', {}, ...run.steps.map((step) => stepRow(step, total))),
      ),
    ),
  ];
}

/** @param {import('./state.js').Step} step @param {number} total */
const stepRow = ({ address, start, end, status, isCritical }, total) =>
  element(
    'tr',
    { class: isCritical ? 'critical' : undefined, 'data-key': address },
    element(
      'th',
      { scope: 'row' },
      address,
      element('span', { class: 'hidden' }, `${isCritical ? ', on the critical path' : ''}`),
      element('span', { class: 'quiet step-status' }, ` ${status}`),
    ),
    element(
      'td',
      { class: 'lane' },
      element('span', {
        class: `span ${status === 'stopped' ? 'stopped' : ''}`,
        css: { '--start': String(start / total), '--part': String((end - start) / total) },
      }),
      element('span', { class: 'hidden' }, `from ${spanText(start)} to ${spanText(end)}`),
    ),
    element('td', { class: 'end figures' }, spanText(end - start)),
  );

/** Returns the marks of the time axis: 1, 2 or 5 times a power of ten. @param {number} total milliseconds */
function ticks(total) {
  const least = total / GRID_LINES;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= least) ?? least;
  const marks = [];
  for (let at = step; at < total * 0.96; at += step)
    marks.push(
      element(
        'span',
        { class: 'tick figures', css: { '--start': String(at / total) }, 'aria-hidden': 'true' },
        at >= 1000 ? `${Number((at / 1000).toFixed(1))} s` : `${Math.round(at)} ms`,
      ),
    );
  return marks;
}
