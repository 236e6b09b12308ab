// The views that show the facts of the status as they are: services, messages of ECS, and cost.
import { element, nothingHere, shape } from './dom.js';
import { clockTime, counted, dollars, number } from './words.js';

/** The hours of a month, as AWS counts them. */
const HOURS = 730;

/** @param {import('./state.js').Facts} facts */
export const servicesCard = ({ services }) =>
  element(
    'section',
    { class: 'card', 'aria-labelledby': 'services-title' },
    element('h2', { id: 'services-title' }, 'Services'),
    services.length === 0
      ? nothingHere('The stack has no services.')
      : element('ul', { class: 'rows' }, ...services.map(serviceRow)),
  );

/** @param {import('./state.js').Service} service */
function serviceRow({ service, healthy, deployment, desired, running, revision, warnings }) {
  const isDeploying = deployment === 'in progress' && warnings.length === 0;
  const [condition, words] = healthy
    ? ['ok', 'healthy']
    : isDeploying
      ? ['busy', 'deploying']
      : ['bad', revision === null ? 'missing' : 'unhealthy'];
  return element(
    'li',
    { 'data-key': service },
    element(
      'div',
      { class: 'split' },
      element('p', { class: 'name' }, service),
      element('p', { class: `state ${condition}` }, shape(condition), element('span', {}, words)),
    ),
    element(
      'p',
      { class: 'quiet figures' },
      [
        `${number(running)} of ${counted(desired, 'task')}`,
        ...(revision === null ? [] : [`revision ${revision}`]),
      ].join(', '),
    ),
    ...warnings.map((text) => element('p', { class: 'warning' }, text)),
  );
}

/** @param {import('./state.js').ServiceEvent[]} events @param {number} [count] */
export function eventList(events, count = events.length) {
  const newest = [...events].sort((one, other) => other.at.localeCompare(one.at)).slice(0, count);
  if (newest.length === 0) return nothingHere('ECS has not said anything yet.');
  return element(
    'ul',
    { class: 'rows events' },
    ...newest.map(({ at, service, text }) =>
      element(
        'li',
        { 'data-key': `${at} ${service} ${text}` },
        element('time', { class: 'quiet figures', datetime: at }, clockTime(at)),
        element('span', { class: 'code' }, service),
        element('span', { class: 'break' }, text),
      ),
    ),
  );
}

/** @param {import('./state.js').PageState} state @returns {Node[]} */
export function eventsView({ status }) {
  const events = status?.status?.events ?? [];
  return [
    element(
      'section',
      { class: 'card', 'aria-labelledby': 'events-title' },
      element('h2', { id: 'events-title' }, 'Messages of ECS about each service'),
      element(
        'p',
        { class: 'about' },
        'ECS reports what it does with tasks, targets and deployments. The newest message comes first.',
      ),
      eventList(events),
    ),
  ];
}

/** @param {import('./state.js').PageState} state @returns {Node[]} */
export function costView({ status, hello }) {
  const cost = status?.status?.cost;
  if (!cost) return [nothingHere('The cost is not known yet.')];
  if (cost.items.length === 0) return [nothingHere('Nothing that exists is billed by the hour.')];
  const isSandbox = hello?.target === 'sandbox';
  return [
    element(
      'section',
      { class: 'card', 'aria-labelledby': 'cost-title' },
      element(
        'h2',
        { id: 'cost-title' },
        isSandbox ? 'What this stack would cost on AWS' : 'What this stack costs',
      ),
      element(
        'p',
        { class: 'total figures' },
        element('strong', {}, `${dollars(cost.perMonth)}`),
        ` per month, ${dollars(cost.perHour)} per hour`,
      ),
      element(
        'table',
        { class: 'cost' },
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...['What', 'Share', 'Per hour', 'Per month'].map((title, index) =>
              element('th', { scope: 'col', class: index > 1 ? 'end' : undefined }, title),
            ),
          ),
        ),
        element('tbody', {}, ...cost.items.map((item) => costRow(item, cost.perHour))),
      ),
      element(
        'p',
        { class: 'about' },
        `The cost of what exists, without traffic, logs and images.${cost.pricesOf === null ? '' : ` The prices were published in ${cost.pricesOf}.`}`,
      ),
    ),
  ];
}

/** @param {{ what: string, perHour: number | null }} item @param {number} total */
function costRow({ what, perHour }, total) {
  const share = perHour === null || total === 0 ? 0 : perHour / total;
  return element(
    'tr',
    { 'data-key': what },
    element('th', { scope: 'row' }, what),
    element(
      'td',
      { class: 'share' },
      element('span', { class: 'meter', css: { '--part': String(share) }, 'aria-hidden': 'true' }),
      element('span', { class: 'figures' }, `${Math.round(share * 100)} %`),
    ),
    element('td', { class: 'end figures' }, perHour === null ? 'not known' : dollars(perHour)),
    element('td', { class: 'end figures' }, perHour === null ? 'not known' : dollars(perHour * HOURS)),
  );
}
