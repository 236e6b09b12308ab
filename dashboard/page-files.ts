/** Reads the files of the page, and the headers with which they are sent: no script, style or connection of another origin. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The folder of the page, in the source as in the package. */
const PAGE_FOLDER = join(import.meta.dirname, 'page');

/** Returns the files by their names; the empty name is the page itself. Only these are ever sent. */
export function readPageFiles(folder = PAGE_FOLDER): ReadonlyMap<string, PageFile> {
  const files = readdirSync(folder).flatMap((name): [string, PageFile][] => {
    const type = TYPES[extname(name)];
    return type === undefined ? [] : [[name, { type, body: readFileSync(join(folder, name)) }]];
  });
  const byName = new Map(files);
  const page = byName.get('index.html');
  return new Map([...byName, ...(page ? [['', page] as const] : [])]);
}

/** The headers of every response. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // The address contains the token, and the page contains what runs: neither belongs in a cache or in a Referer header.
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
