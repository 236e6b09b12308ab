// The parts at the top of the page: the line below the headline, and notices.
import { element } from './dom.js';
import { clockTime, counted, dollars } from './words.js';

/**
 * Returns the line below the headline: the address, the cost and the size.
 * @param {import('./state.js').PageState} state
 * @returns {(Node | string)[]}
 */
export function subline({ hello, status }) {
  if (hello?.kind === 'sandbox')
    return ['An AWS on this machine. Its switches inject failures; nothing here reaches the real AWS.'];
  const facts = status?.status;
  if (!facts || facts.resources === 0) return [];
  const parts = [
    ...(facts.url === null
      ? []
      : [element('a', { href: facts.url, rel: 'noreferrer', target: '_blank' }, facts.url)]),
    counted(facts.resources, 'resource'),
    `about ${dollars(facts.cost.perMonth)} per month${facts.target === 'sandbox' ? ' on AWS' : ''}`,
  ];
  return parts.map((part) => element('span', { class: 'part' }, part));
}

/**
 * Returns one calm sentence, why it is so, and what to do.
 * @param {import('./state.js').Notice} notice
 * @param {string} [staleSince]
 */
export const noticeNode = ({ what, why, fix }, staleSince) =>
  element(
    'section',
    { class: 'notice', 'aria-label': 'Notice' },
    element('p', { class: 'notice-what' }, what),
    element('p', {}, why),
    fix.length > 0 &&
      element('ul', { class: 'fixes' }, ...fix.map((advice) => element('li', {}, ...withCommands(advice)))),
    staleSince &&
      element('p', { class: 'quiet' }, `Everything below is as it was at ${clockTime(staleSince)}.`),
  );

/** Marks the command at the start of a piece of advice. @param {string} advice */
function withCommands(advice) {
  const [, command, rest = ''] =
    /^((?:npm run|npx slipway|slipway|pnpm exec slipway|yarn slipway|bunx slipway) [^,]+)(.*)$/.exec(
      advice,
    ) ?? [];
  return command ? [element('code', {}, command), rest] : [advice];
}
