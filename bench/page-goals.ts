/** The goals of the page in the browser. Pure. */
import type { Verdict } from './goals.ts';
import type { PageTimes } from './page-times.ts';

/** Compares the page with its goals: its first paint, the time per frame, and its size. */
export const pageVerdicts = ({ firstPaintMs, framesPerSecond, bytes }: PageTimes): Verdict[] => [
  { what: 'page: first paint, in milliseconds', measured: firstPaintMs, atMost: 500 },
  // A screen shows at most 60 frames per second; a rounded count may be one less.
  { what: 'page: milliseconds per frame', measured: 1000 / framesPerSecond, atMost: 1000 / 59 },
  { what: 'page: size of all files, in bytes', measured: bytes, atMost: 150_000 },
];
