// The data that the page gets from its server, and the stream that brings them.

/**
 * @typedef {{ code: string, what: string, why: string, fix: string[] }} Notice
 * @typedef {{ service: string, revision: number | null, desired: number, running: number, deployment: string | null, warnings: string[], healthy: boolean }} Service
 * @typedef {{ paths: string, priority: number | null, container: string | null, trafficPercent: number, healthyTargets: number, targets: number }} Route
 * @typedef {{ container: string, status: string, health: string, digest: string | null, exitCode: number | null }} Container
 * @typedef {{ service: string, id: string, status: string, health: string, revision: number | null, address: string | null, startedAt: string | null, stoppedReason: string | null, containers: Container[] }} Task
 * @typedef {{ service: string, at: string, text: string }} ServiceEvent
 * @typedef {{ perHour: number, perMonth: number, items: { what: string, perHour: number | null }[], pricesOf: string | null }} Cost
 * @typedef {{ stack: string, target: string, region: string, account: string, url: string | null, resources: number, services: Service[], loadBalancer: { name: string, dnsName: string, state: string } | null, records: string[], routes: Route[], deployments: Deployment[], tasks: Task[], events: ServiceEvent[], cost: Cost, healthy: boolean }} Facts
 * @typedef {{ service: string, revision: number | null, isNewest: boolean, desired: number, running: number, pending: number, failed: number, rollout: string, reason: string, since: string }} Deployment
 * @typedef {{ id: string, at: string, service: string, container: string, task: string, level?: string, text: string }} LogLine
 * @typedef {{ address: string, noun: string, start: number, end: number, status: string, text: string, isCritical: boolean }} Step
 * @typedef {{ command: string, stack: string, startedAt: string, duration: number, outcome: string, steps: Step[] }} Run
 * @typedef {{ address: string, verb: string, reason: string, fields: { field: string, from?: unknown, to?: unknown }[] }} Change
 * @typedef {{ service: string, operation: string, region: string, result: string, fault?: string, throttled?: boolean, mutating: boolean, at: string }} Call
 * @typedef {{ kind: string, service?: string, operation?: string, nth: number, times?: number | 'always', [setting: string]: unknown }} Fault
 * @typedef {{ resources?: Record<string, number>, calls: Call[], changes: Call[], faults: Fault[], weather: Record<string, unknown>, weatherName?: string, weathers: Record<string, object>, notice?: Notice }} Contents
 * @typedef {{ revision: number, at: string | null, by: string | null, changes: string[], outcome: string, reason: string | null, inService: boolean, trafficPercent: number | null }} Revision
 * @typedef {{
 *   hello?: { kind?: string, stack: string, target: string, region: string, views: string[], requestsEveryMs: number },
 *   status?: { status?: Facts, notice?: Notice, staleSince?: string },
 *   requests?: { perSecond: Record<string, number> | null },
 *   logs?: { lines: LogLine[], omitted: number, notice?: Notice },
 *   history?: { services?: { service: string, revisions: Revision[], older: number }[], notice?: Notice },
 *   run?: { run?: Run | null, notice?: Notice },
 *   changes?: { changes?: Change[], configurationChanged?: boolean, warnings?: string[], at?: string, notice?: Notice },
 *   sandbox?: Contents,
 * }} PageState
 */

/** The topics that each view needs besides the status. @type {Record<string, string[]>} */
const TOPICS = {
  deployments: ['history'],
  run: ['run'],
  changes: ['changes'],
  logs: ['logs'],
  sandbox: ['sandbox'],
};
const ALL_TOPICS = ['hello', 'status', 'requests', 'logs', 'history', 'run', 'changes', 'sandbox'];

/**
 * Keeps a stream open while the page is visible. The browser connects again on its own if the connection breaks.
 * @param {(topic: string, value: object) => void} onValue
 * @param {(isOpen: boolean) => void} onConnection
 */
export function makeFeed(onValue, onConnection) {
  /** @type {EventSource | undefined} */
  let source;
  let view = 'overview';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;

  function open() {
    source?.close();
    clearTimeout(retry);
    if (document.hidden) return;
    const query = new URLSearchParams((TOPICS[view] ?? []).map((topic) => ['topic', topic]));
    source = new EventSource(`events?${query}`);
    source.addEventListener('open', () => onConnection(true));
    source.addEventListener('error', () => {
      onConnection(false);
      // After a refusal, the browser does not connect again on its own.
      if (source?.readyState === EventSource.CLOSED) retry = setTimeout(open, 2000);
    });
    for (const topic of ALL_TOPICS)
      source.addEventListener(topic, (event) =>
        onValue(topic, JSON.parse(/** @type {MessageEvent} */ (event).data)),
      );
  }

  document.addEventListener('visibilitychange', open);
  return {
    /** @param {string} name */
    follow(name) {
      view = name;
      open();
    },
  };
}

/**
 * Turns a switch of the sandbox.
 * @param {string} name
 * @param {unknown} settings
 * @returns {Promise<string | undefined>} the message of a refusal, or undefined
 */
export async function turnSwitch(name, settings) {
  try {
    const response = await fetch(`switches/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(settings),
    });
    return response.ok ? undefined : await response.text();
  } catch {
    return 'The page is not connected.';
  }
}
