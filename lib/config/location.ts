/** Formats locations in source files as `file:line:column`, like a compiler, so that editors and terminals turn them into links. */
import { relative, resolve, sep } from 'node:path';
import type { Message } from 'esbuild';

/** Returns a path as a user would type it: relative if it is inside the current folder, otherwise absolute. */
export function shownPath(path: string): string {
  const relativePath = relative(process.cwd(), path);
  return relativePath === '..' || relativePath.startsWith(`..${sep}`) ? path : relativePath || '.';
}

/**
 * Formats an error of esbuild, with its location if it has one.
 * @param folder the folder that the path in the error is relative to
 * @param text the text to show instead of the message
 */
export const errorLine = (folder: string, { location, text: message }: Message, text = message): string =>
  location
    ? // esbuild counts columns from 0.
      `${locationText(resolve(folder, location.file), location.line, location.column + 1)}: ${text}`
    : text;

const locationText = (path: string, line: number | string, column: number | string): string =>
  `${shownPath(path)}:${line}:${column}`;

/** A frame of a stack trace in a file: `    at price (/shop/price.ts:4:29)`. */
const FRAME = /^ +at (?:.* \()?(\/.*?|[A-Z]:\\.*?):(\d+):(\d+)\)?$/gm;

/**
 * Finds the place in the user's own files that threw an error: the innermost frame outside of packages, or else the innermost frame.
 * @param stack a stack trace; Slipway's and Node's own frames contain URLs instead of paths
 * @returns the location as text; undefined if no frame is in a file
 */
export function locationIn(stack: string): string | undefined {
  const frames = [...stack.matchAll(FRAME)];
  const [, path, line = '', column = ''] =
    frames.find(([, file = '']) => !/[\\/]node_modules[\\/]/.test(file)) ?? frames[0] ?? [];
  return path === undefined ? undefined : locationText(path, line, column);
}
