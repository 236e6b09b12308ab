// Words for numbers, times and conditions. Pure.

/**
 * @param {number} count
 * @param {string} noun
 */
export const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? '' : 's'}`;

/** @param {number} value */
export const number = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

/**
 * Formats a rate: whole numbers from ten on. @param {number} perSecond
 */
export const rateText = (perSecond) =>
  `${number(perSecond >= 10 ? Math.round(perSecond) : perSecond)} request${perSecond === 1 ? '' : 's'}/s`;

/**
 * Formats a duration as status does: `40 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. @param {number} ms
 */
export function ageText(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Formats the duration of a step: `0.4 s`, `12 s`, `2 min 5 s`. @param {number} ms */
export function spanText(ms) {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Formats a time as local `12:03:04`; with its date if it is not of today. @param {string} iso */
export function clockTime(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** @param {number} perHour */
export const dollars = (perHour) =>
  `$${perHour >= 10 ? Math.round(perHour).toLocaleString('en-US') : perHour < 0.01 ? perHour.toFixed(4) : perHour.toPrecision(3)}`;

/** The conditions of tasks and containers by the words of ECS. @type {Record<string, string>} */
const CONDITIONS = { HEALTHY: 'ok', UNHEALTHY: 'bad', RUNNING: 'ok', STOPPED: 'bad' };

/**
 * Returns the condition of a task or a container, and the words for it.
 * @param {{ status: string, health: string }} one
 */
export function conditionOf({ status, health }) {
  const isKnown = status === 'RUNNING' && health !== 'UNKNOWN';
  const word = isKnown ? health : status;
  return { condition: CONDITIONS[word] ?? 'busy', words: word.toLowerCase().replaceAll('_', ' ') };
}

/** The beginning of the id of a task, as in the command line. @param {string} id */
export const shortId = (id) => id.slice(0, 8);
