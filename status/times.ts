/** Formats times for people. Pure. */
const DAY_MS = 24 * 3600 * 1000;

/** Formats how long a task has been running: `40 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. @param ms milliseconds */
export function uptimeText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Formats a time of the last day as local `12:03:04`, and an earlier one as `2026-11-30 12:03`. @param at in ISO 8601 */
export function clockText(at: string, now: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (now - date.getTime() < DAY_MS) return `${minutes}:${two(date.getSeconds())}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${minutes}`;
}
