// The deployments: those in progress, with their versions and shares, and the history of each service.
import { element, nothingHere, shape } from './dom.js';
import { noticeNode } from './top.js';
import { ageText, clockTime, counted, number } from './words.js';

/** The conditions of the outcomes of deployments. @type {Record<string, string>} */
const OUTCOMES = { successful: 'ok', 'in progress': 'busy', 'rolled back': 'bad', stopped: 'bad' };

/** @param {import('./state.js').PageState} state @returns {Node[]} */
export function runningDeployments({ status }) {
  const running = (status?.status?.services ?? []).filter(({ deployment }) => deployment === 'in progress');
  return running.map(({ service }) => {
    const versions = (status?.status?.deployments ?? []).filter((one) => one.service === service);
    return deploymentCard(service, versions, status?.status?.routes ?? []);
  });
}

/**
 * @param {string} service
 * @param {import('./state.js').Deployment[]} versions
 * @param {import('./state.js').Route[]} routes
 */
function deploymentCard(service, versions, routes) {
  const newest = versions.find(({ isNewest }) => isNewest);
  const total = versions.reduce((sum, { running }) => sum + running, 0);
  const shares = routes.filter(
    ({ container, trafficPercent }) => container?.startsWith(`${service}/`) && trafficPercent < 100,
  );
  const since = newest?.since ? `, for ${ageText(Date.now() - Date.parse(newest.since))}` : '';
  return element(
    'section',
    {
      class: 'card deployment',
      'data-key': `deployment ${service}`,
      'aria-label': `Deployment of ${service}`,
    },
    element(
      'div',
      { class: 'split' },
      element('h2', {}, `${service} is deploying revision ${newest?.revision ?? ''}`),
      element(
        'p',
        { class: 'state busy figures' },
        shape('busy'),
        element('span', {}, `in progress${since}`),
      ),
    ),
    newest &&
      newest.reason !== '' &&
      element('p', { class: 'quiet' }, newest.reason.replace(/ecs-svc\/\d+ /, '')),
    element(
      'ul',
      { class: 'versions' },
      ...versions.map((version) => versionRow(version, total)),
      ...(shares.length < 2
        ? []
        : [
            element(
              'li',
              { class: 'quiet figures' },
              `Requests: ${shares.map(({ trafficPercent }) => `${trafficPercent} %`).join(' and ')} to the two target groups`,
            ),
          ]),
    ),
  );
}

/** @param {import('./state.js').Deployment} version @param {number} total */
function versionRow({ revision, isNewest, running, desired, pending, failed }, total) {
  const share = total === 0 ? 0 : running / total;
  const facts = [
    `${number(running)} of ${counted(desired, 'task')}`,
    ...(pending > 0 ? [`${number(pending)} starting`] : []),
    ...(failed > 0 ? [`${number(failed)} failed`] : []),
  ];
  return element(
    'li',
    { 'data-key': `${revision} ${isNewest}` },
    element(
      'span',
      { class: 'version figures' },
      `revision ${revision}`,
      element('span', { class: 'quiet' }, isNewest ? ' new' : ' old'),
    ),
    element('span', {
      class: `meter ${isNewest ? '' : 'old'}`,
      css: { '--part': String(share) },
      'aria-hidden': 'true',
    }),
    element(
      'span',
      { class: 'figures' },
      `${Math.round(share * 100)} % of the running tasks, ${facts.join(', ')}`,
    ),
  );
}

/** @param {import('./state.js').PageState} state @returns {Node[]} */
export function deploymentsView(state) {
  const { history } = state;
  if (!history) return [nothingHere('Reading the deployments.')];
  if (history.notice) return [noticeNode(history.notice)];
  const services = history.services ?? [];
  if (services.length === 0) return [nothingHere('Nothing has been deployed yet.')];
  return [...runningDeployments(state), ...services.map(historyCard)];
}

/** @param {{ service: string, revisions: import('./state.js').Revision[], older: number }} history */
const historyCard = ({ service, revisions, older }) =>
  element(
    'section',
    { class: 'card', 'data-key': `history ${service}`, 'aria-label': `Deployments of ${service}` },
    element('h2', {}, service),
    revisions.length === 0
      ? nothingHere('This service has not been deployed yet.')
      : element('ol', { class: 'rows history', reversed: true }, ...revisions.map(revisionRow)),
    older > 0 && element('p', { class: 'quiet' }, `and ${counted(older, 'older revision')}`),
  );

/** @param {import('./state.js').Revision} revision */
function revisionRow({ revision, at, by, changes, outcome, reason, inService, trafficPercent }) {
  const share = trafficPercent === null ? '' : ` with ${trafficPercent} % of the requests`;
  return element(
    'li',
    { 'data-key': `${revision} ${at}` },
    element(
      'div',
      { class: 'split' },
      element(
        'p',
        { class: 'name' },
        `Revision ${revision}`,
        inService && element('span', { class: 'badge' }, `in service${share}`),
      ),
      element(
        'p',
        { class: `state ${OUTCOMES[outcome] ?? 'idle'}` },
        shape(OUTCOMES[outcome] ?? 'idle'),
        element('span', {}, outcome),
      ),
    ),
    element(
      'p',
      { class: 'quiet figures' },
      [at === null ? '' : clockTime(at), by === null ? '' : `by ${by}`].filter(Boolean).join(' '),
    ),
    reason !== null && element('p', { class: 'quiet break' }, reason),
    changes.length > 0 &&
      element(
        'ul',
        { class: 'bullets' },
        ...changes.map((change) => element('li', { class: 'break' }, change)),
      ),
  );
}
