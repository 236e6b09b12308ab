// Derives the nodes and the edges of the drawing from the facts: address, load balancer, rules, target groups and tasks. Pure.

/** The number of tasks that are drawn per service; the others are counted. */
const TASKS_PER_SERVICE = 6;
/** How long a task that has failed is drawn, in milliseconds. */
const FAILED_MS = 10 * 60_000;
/** The reason of tasks that a deployment or a smaller count has stopped. */
const PLANNED_STOP = /^Scaling activity initiated by/;

/**
 * @typedef {{ id: string, container: string | null, healthy: number, targets: number }} Group
 * @typedef {{ id: string, paths: string, priority: number | null }} Rule
 * @typedef {{ from: string, to: string, share: number }} Edge
 * @typedef {{ group: string, container: string, edges: string[] }} Way the edges of a way from the address to a task
 * @typedef {{ rules: Rule[], groups: Group[], tasks: import('./state.js').Task[], hidden: Record<string, number>, edges: Edge[], ways: Way[] }} Graph
 */

export const edgeId = (/** @type {string} */ from, /** @type {string} */ to) => `${from} ${to}`;

/**
 * @param {import('./state.js').Facts} facts
 * @param {number} now milliseconds since 1970
 * @returns {Graph}
 */
export function graphOf(facts, now) {
  /** @type {Map<string, Rule>} */
  const rules = new Map();
  /** @type {Map<string, Group>} */
  const groups = new Map();
  /** @type {Map<string, Edge>} */
  const edges = new Map();
  /** @type {Map<string, number>} */
  const groupsOfRule = new Map();
  const connect = (/** @type {string} */ from, /** @type {string} */ to, share = 100) =>
    edges.set(edgeId(from, to), { from, to, share });
  for (const { paths, priority, container, healthyTargets, targets, trafficPercent } of facts.routes) {
    const rule = `rule ${priority ?? ''} ${paths}`;
    rules.set(rule, { id: rule, paths, priority });
    const index = groupsOfRule.get(rule) ?? 0;
    groupsOfRule.set(rule, index + 1);
    const group = `group ${container ?? paths} ${index}`;
    groups.set(group, { id: group, container, healthy: healthyTargets, targets });
    connect('balancer', rule);
    connect(rule, group, trafficPercent);
  }
  if (facts.loadBalancer) connect('address', 'balancer');
  const { tasks, hidden } = drawnTasks(facts.tasks, now, [...groups.values()]);
  for (const group of groups.values())
    for (const task of tasks)
      if (task.status === 'RUNNING' && group.container?.startsWith(`${task.service}/`))
        connect(group.id, `task ${task.id}`);
  return {
    rules: [...rules.values()],
    groups: [...groups.values()],
    tasks,
    hidden,
    edges: [...edges.values()],
    ways: waysOf([...edges.values()], groups),
  };
}

/**
 * Returns the tasks that run or start, and the last one of each service that has failed lately.
 * @param {import('./state.js').Task[]} all
 * @param {number} now
 * @param {Group[]} groups
 */
function drawnTasks(all, now, groups) {
  // The services are in the order of their target groups, so that few edges cross.
  const place = (/** @type {string} */ service) => {
    const index = groups.findIndex(({ container }) => container?.startsWith(`${service}/`));
    return index < 0 ? groups.length : index;
  };
  /** @type {Record<string, number>} */
  const drawn = {};
  /** @type {Record<string, number>} */
  const hidden = {};
  /** @type {Set<string>} */
  const failed = new Set();
  const tasks = all
    .filter(({ status, stoppedReason, service, startedAt }) => {
      if (status !== 'STOPPED') return true;
      const isOld = now - Date.parse(startedAt ?? '') > FAILED_MS;
      if (PLANNED_STOP.test(stoppedReason ?? '') || isOld || failed.has(service)) return false;
      failed.add(service);
      return true;
    })
    .sort(
      (one, other) =>
        place(one.service) - place(other.service) ||
        one.service.localeCompare(other.service) ||
        rank(one) - rank(other),
    )
    .filter(({ service }) => {
      drawn[service] = (drawn[service] ?? 0) + 1;
      if (drawn[service] <= TASKS_PER_SERVICE) return true;
      hidden[service] = (hidden[service] ?? 0) + 1;
      return false;
    });
  return { tasks, hidden };
}

/** Running tasks come first, then those that start, then those that have stopped. @param {import('./state.js').Task} task */
const rank = ({ status }) => (status === 'RUNNING' ? 0 : status === 'STOPPED' ? 2 : 1);

/**
 * Returns every way of a request; `share` of an edge is the part of the requests that takes it.
 * @param {Edge[]} edges
 * @param {Map<string, Group>} groups
 */
function waysOf(edges, groups) {
  const leaving = (/** @type {string} */ node) => edges.filter(({ from }) => from === node);
  /** @type {Way[]} */
  const ways = [];
  for (const toRule of leaving('balancer'))
    for (const toGroup of leaving(toRule.to)) {
      const { container } = groups.get(toGroup.to) ?? {};
      if (!container || toGroup.share === 0) continue;
      const first = [
        edgeId('address', 'balancer'),
        edgeId('balancer', toRule.to),
        edgeId(toRule.to, toGroup.to),
      ];
      const toTasks = leaving(toGroup.to);
      for (const toTask of toTasks)
        ways.push({ group: toGroup.to, container, edges: [...first, edgeId(toTask.from, toTask.to)] });
    }
  return ways;
}
