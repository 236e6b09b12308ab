// The sentence at the top of the page: what runs, and whether it is healthy. Pure.
import { counted, number, rateText } from './words.js';

/**
 * @typedef {{ condition: 'ok' | 'busy' | 'bad' | 'idle', text: string, spoken: string }} Headline
 * `spoken` is announced by screen readers when it changes, so it has no numbers that change all the time.
 */

/**
 * @param {import('./state.js').PageState} state
 * @returns {Headline}
 */
export function headlineOf({ hello, status, requests, sandbox }) {
  if (hello?.kind === 'sandbox') return sandboxHeadline(sandbox);
  const stack = hello?.stack ?? 'Slipway';
  const same = (/** @type {Headline['condition']} */ condition, /** @type {string} */ text) => ({
    condition,
    text,
    spoken: text,
  });
  if (!status) return same('idle', `${stack}: looking at what runs`);
  const { notice, status: facts } = status;
  if (notice && (!facts || ['NO_STACK', 'SANDBOX_STOPPED'].includes(notice.code)))
    return same('idle', withoutEnd(notice.what));
  if (notice) return same('busy', `${stack}: ${lowerFirst(withoutEnd(notice.what))}`);
  if (!facts) return same('idle', `${stack}: looking at what runs`);
  return factsHeadline(stack, facts, requests?.perSecond ?? null);
}

/**
 * @param {string} stack
 * @param {import('./state.js').Facts} facts
 * @param {Record<string, number> | null} perSecond
 * @returns {Headline}
 */
function factsHeadline(stack, facts, perSecond) {
  const running = facts.tasks.filter(({ status }) => status === 'RUNNING').length;
  const healthy = facts.services.filter((service) => service.healthy).length;
  const total = facts.services.length;
  const tail = [
    counted(running, 'task'),
    ...(perSecond === null ? [] : [rateText(Object.values(perSecond).reduce((sum, rate) => sum + rate, 0))]),
  ];
  const services = `${number(healthy)} of ${counted(total, 'service')}`;
  const failing = facts.services.filter(
    (service) => !service.healthy && (service.deployment !== 'in progress' || service.warnings.length > 0),
  );
  if (failing.length > 0)
    return {
      condition: 'bad',
      text: `${stack} is unhealthy: ${[`${services} ${healthy === 1 ? 'works' : 'work'}`, ...tail].join(', ')}`,
      spoken: `${stack} is unhealthy: ${services} ${healthy === 1 ? 'works' : 'work'}`,
    };
  const deploying = facts.services.filter((service) => service.deployment === 'in progress');
  if (deploying.length > 0) {
    const what = deploying.map(({ service }) => deploymentWords(service, facts.deployments)).join(', ');
    return {
      condition: 'busy',
      text: `${stack} is deploying: ${[what, ...tail].join(', ')}`,
      spoken: `${stack} is deploying`,
    };
  }
  return {
    condition: 'ok',
    text: `${stack} is healthy: ${[services, ...tail].join(', ')}`,
    spoken: `${stack} is healthy: ${services}`,
  };
}

/**
 * @param {string} service
 * @param {import('./state.js').Deployment[]} deployments
 */
function deploymentWords(service, deployments) {
  const newest = deployments.find((one) => one.service === service && one.isNewest);
  if (!newest) return service;
  return `revision ${newest.revision} of ${service} runs in ${newest.running} of ${counted(newest.desired, 'task')}`;
}

/**
 * @param {import('./state.js').Contents | undefined} contents
 * @returns {Headline}
 */
function sandboxHeadline(contents) {
  if (!contents?.resources)
    return { condition: 'idle', text: 'The sandbox is running', spoken: 'The sandbox is running' };
  const count = Object.values(contents.resources).reduce((sum, one) => sum + one, 0);
  const weather = contents.weatherName ?? 'changed';
  const faults = contents.faults.length;
  const isCalm = weather === 'calm' && faults === 0;
  const text = [
    counted(count, 'resource'),
    `${weather} weather`,
    ...(faults === 0 ? [] : [counted(faults, 'fault')]),
  ].join(', ');
  return {
    condition: isCalm ? 'ok' : 'busy',
    text: `The sandbox is running: ${text}`,
    spoken: `The sandbox has ${weather} weather`,
  };
}

/** @param {string} text */
const withoutEnd = (text) => text.replace(/\.$/, '');

/** Names keep their case: only words that begin a sentence are lowered. @param {string} text */
const lowerFirst = (text) =>
  /^(The|AWS's|A|An|No|Some|Its) /.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
