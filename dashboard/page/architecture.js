// Draws what runs: from the address through the load balancer, its rules and the target groups to the tasks and their containers.
import { breakable, element, shape } from './dom.js';
import { makeFlow } from './flow.js';
import { graphOf } from './graph.js';
import { ageText, conditionOf, counted, number, rateText, shortId } from './words.js';

const flow = makeFlow();
/** @type {import('./graph.js').Graph | undefined} */
let graph;

/**
 * @param {import('./state.js').PageState} state
 * @returns {HTMLElement}
 */
export function architectureCard({ status, requests, hello }) {
  const facts = status?.status;
  if (!facts) return element('div');
  const now = Date.now();
  graph = graphOf(facts, now);
  const perSecond = requests?.perSecond ?? null;
  const { rules, groups, tasks, hidden } = graph;
  const { loadBalancer: balancer } = facts;
  const isOwnName = facts.records.length > 0;
  return element(
    'section',
    { class: 'card drawing', 'aria-labelledby': 'drawing-title' },
    element('h2', { id: 'drawing-title', class: 'hidden' }, 'The way of a request'),
    element(
      'div',
      { class: 'area', id: 'area' },
      element('svg', { class: 'edges', 'aria-hidden': 'true', 'data-own': true }),
      element('canvas', { 'aria-hidden': 'true', 'data-own': true }),
      element(
        'ol',
        { class: `stages ${balancer ? '' : 'only-tasks'}` },
        balancer && stage('Address', [addressNode(facts, isOwnName)]),
        balancer && stage('Load balancer', [balancerNode(balancer)]),
        balancer && stage('Rules', rules.map(ruleNode)),
        balancer &&
          stage(
            'Target groups',
            groups.map((group) => groupNode(group, perSecond, groups)),
          ),
        stage('Tasks', [...tasks.map((task) => taskNode(task, now)), ...hiddenNodes(hidden)]),
      ),
    ),
    balancer &&
      element('p', { class: 'legend', id: 'legend' }, legendText(perSecond, hello?.requestsEveryMs ?? 1000)),
  );
}

/** Places the edges and lets the requests flow, once the elements are in the page. @param {import('./state.js').PageState} state */
export function animate({ status, requests }) {
  const area = document.getElementById('area');
  if (!area || !graph) return;
  const { edges, ways } = graph;
  flow.place(area, edges);
  const routes = status?.status?.routes ?? [];
  const perContainer = (/** @type {string} */ container) =>
    ways.filter((way) => way.container === container).length;
  flow.run(ways, requests?.perSecond ?? {}, ({ container, group }) => {
    const index = Number(group.split(' ').at(-1));
    const shares = routes
      .filter((route) => route.container === container)
      .map(({ trafficPercent }) => trafficPercent);
    const total = shares.reduce((sum, share) => sum + share, 0) || 1;
    const isShifting =
      new Set(ways.filter((way) => way.container === container).map((way) => way.group)).size > 1;
    const sameGroup = ways.filter((way) => way.group === group).length || 1;
    return isShifting ? (shares[index] ?? 0) / total / sameGroup : 1 / perContainer(container);
  });
}

/** @param {Record<string, number> | null} perSecond @param {number} everyMs */
function legendText(perSecond, everyMs) {
  if (perSecond === null) return 'The number of requests is not known yet.';
  const total = Object.values(perSecond).reduce((sum, rate) => sum + rate, 0);
  const period = everyMs > 1000 ? 'in the last full minute' : 'in the last second';
  if (total === 0) return `No requests ${period}.`;
  return `${rateText(total)} ${period}.`;
}

/** @param {string} title @param {HTMLElement[]} nodes */
const stage = (title, nodes) =>
  element(
    'li',
    { class: 'stage', 'data-key': title },
    element('h3', {}, title),
    nodes.length === 0
      ? element('p', { class: 'none' }, 'None')
      : element('ul', { class: 'nodes' }, ...nodes),
  );

/** @param {string} id @param {string} condition @param {(Node | string | false | undefined)[]} children */
const node = (id, condition, ...children) =>
  element('li', { class: `node is-${condition}`, 'data-node': id, 'data-key': id }, ...children);

/** @param {string} condition @param {string} words */
const state = (condition, words) =>
  element('p', { class: `state ${condition}` }, shape(condition), element('span', {}, words));

/** @param {import('./state.js').Facts} facts @param {boolean} isOwnName */
function addressNode({ records, loadBalancer, url }, isOwnName) {
  const names = isOwnName ? records : [loadBalancer?.dnsName ?? ''];
  return node(
    'address',
    'plain',
    ...names.map((name) => element('p', { class: 'name', 'data-key': name }, breakable(name))),
    element('p', { class: 'quiet' }, isOwnName ? 'Route 53' : 'name of the load balancer'),
    url !== null &&
      element(
        'p',
        { class: 'quiet' },
        element('a', { href: url, rel: 'noreferrer', target: '_blank' }, 'Open the address'),
      ),
  );
}

/** @param {NonNullable<import('./state.js').Facts['loadBalancer']>} balancer */
const balancerNode = ({ name, state: words }) =>
  node(
    'balancer',
    words === 'active' ? 'ok' : 'busy',
    element('p', { class: 'name' }, breakable(name)),
    state(words === 'active' ? 'ok' : 'busy', words.replaceAll('_', ' ')),
  );

/** @param {import('./graph.js').Rule} rule */
const ruleNode = ({ id, paths, priority }) =>
  node(
    id,
    'plain',
    element('p', { class: 'name code break' }, paths === '' ? 'all requests' : paths),
    element('p', { class: 'quiet' }, priority === null ? 'default action' : `priority ${number(priority)}`),
  );

/**
 * @param {import('./graph.js').Group} group
 * @param {Record<string, number> | null} perSecond
 * @param {import('./graph.js').Group[]} all
 */
function groupNode({ id, container, healthy, targets }, perSecond, all) {
  const condition = targets === 0 ? 'bad' : healthy === targets ? 'ok' : healthy > 0 ? 'busy' : 'bad';
  const isShared = all.filter((other) => other.container === container).length > 1;
  const rate = container === null || isShared ? undefined : perSecond?.[container];
  return node(
    id,
    condition,
    element('p', { class: 'name code break' }, container ?? 'a target group of no container'),
    state(condition, `${number(healthy)} of ${counted(targets, 'target')} healthy`),
    rate !== undefined && element('p', { class: 'quiet figures' }, rateText(rate)),
  );
}

/** @param {import('./state.js').Task} task @param {number} now */
function taskNode(task, now) {
  const { condition, words } = conditionOf(task);
  const facts = [
    `revision ${task.revision ?? '?'}`,
    ...(task.startedAt && task.status === 'RUNNING'
      ? [`up ${ageText(now - Date.parse(task.startedAt))}`]
      : []),
  ];
  return node(
    `task ${task.id}`,
    condition,
    element(
      'div',
      { class: 'split' },
      element(
        'p',
        { class: 'name' },
        `${task.service} `,
        element('span', { class: 'code quiet' }, shortId(task.id)),
      ),
      state(condition, words),
    ),
    element('p', { class: 'quiet figures' }, facts.join(', ')),
    task.stoppedReason !== null && element('p', { class: 'quiet' }, task.stoppedReason),
    task.status !== 'STOPPED' && element('ul', { class: 'containers' }, ...task.containers.map(containerRow)),
  );
}

/** @param {import('./state.js').Container} container */
function containerRow(container) {
  const { condition, words } = conditionOf(container);
  const isDone = container.exitCode === 0;
  const exit = container.exitCode === null ? '' : `, exit code ${container.exitCode}`;
  return element(
    'li',
    { 'data-key': container.container },
    element('span', { class: 'code' }, container.container),
    state(isDone ? 'ok' : condition, `${words}${exit}`),
  );
}

/** @param {Record<string, number>} hidden */
const hiddenNodes = (hidden) =>
  Object.entries(hidden).map(([service, count]) =>
    element(
      'li',
      { class: 'more quiet', 'data-key': `more ${service}` },
      `and ${counted(count, 'more task')} of ${service}`,
    ),
  );
