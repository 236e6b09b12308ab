/** Reads files of environment variables. */
import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { kindOf } from './path-kind.ts';

/**
 * Returns the variables in a file; empty if the file is missing, which a check reports.
 * @param path the absolute path of the file
 * @see https://www.npmjs.com/package/dotenv
 */
export function readEnvironmentFile(path: string | undefined): Readonly<Record<string, string>> {
  if (path === undefined || kindOf(path) !== 'file') return {};
  return parse(readFileSync(path));
}
