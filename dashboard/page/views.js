// The views of the page by name: each draws its part of the data.
import { architectureCard } from './architecture.js';
import { changesView } from './changes-view.js';
import { deploymentsView, runningDeployments } from './deployments-view.js';
import { costView, eventList, eventsView, servicesCard } from './facts-views.js';
import { element, nothingHere } from './dom.js';
import { logsView } from './logs-view.js';
import { runView } from './run-view.js';
import { sandboxView } from './sandbox-view.js';

/** The number of messages in the overview. */
const EVENTS = 6;

/**
 * @typedef {import('./state.js').PageState} State
 * @typedef {object} View
 * @property {string} title
 * @property {(state: State) => Node[]} draw
 * @property {(state: State, panel: HTMLElement) => void} [drawn] called when the view is in the page
 * @property {(panel: HTMLElement, state: State, redraw: () => void) => void} [listen] called once
 */

/** @param {State} state @returns {Node[]} */
function overview(state) {
  const facts = state.status?.status;
  if (!facts)
    return [nothingHere(state.status?.notice ? 'There is nothing to show yet.' : 'Looking at what runs.')];
  if (facts.resources === 0)
    return [
      nothingHere(
        'Nothing runs.',
        'Once the stack exists, its load balancer, tasks and requests appear here.',
      ),
    ];
  return [
    ...runningDeployments(state),
    architectureCard(state),
    element(
      'div',
      { class: 'columns', 'data-key': 'below' },
      servicesCard(facts),
      element(
        'section',
        { class: 'card', 'aria-labelledby': 'latest-title' },
        element('h2', { id: 'latest-title' }, 'Latest messages of ECS'),
        eventList(facts.events, EVENTS),
      ),
    ),
  ];
}

/** @type {Record<string, View>} */
export const VIEWS = {
  overview: { title: 'Overview', draw: overview },
  deployments: { title: 'Deployments', draw: deploymentsView },
  run: { title: 'Last run', draw: runView },
  changes: { title: 'Plan and drift', draw: changesView },
  logs: { title: 'Logs', ...logsView },
  events: { title: 'Events', draw: eventsView },
  cost: { title: 'Cost', draw: costView },
  sandbox: { title: 'Sandbox', ...sandboxView },
};
