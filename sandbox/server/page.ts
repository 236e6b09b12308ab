/** The page of the sandbox in a browser: its resources, its journal, and the switches of its weather and its faults. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { StreamedRequest, StreamedResponse, WireResponse } from '../protocol/wire.ts';
import { isSameSecret, pageTokenOf } from '../state/token.ts';
import type { AdminHandler } from './authentication.ts';

/** The files of the page, which `npm run dashboard` serves, too: plain files, and no code of the commands. */
const FOLDER = join(import.meta.dirname, '../../dashboard/page');
const PREFIX = '/_sandbox/page/';
/** Milliseconds between two looks at the contents. */
const EVERY_MS = 1000;
/** The maximum size of the settings of a switch, in bytes. */
const MAX_BYTES = 64 * 1024;
/** The switches of the page, which are admin pages as well. */
const SWITCHES = ['weather', 'faults', 'clear-faults'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The first event of a stream: the page has only one view. */
const HELLO = { kind: 'sandbox', stack: '', target: 'sandbox', region: '', views: ['sandbox'] };

/** Returns the path of the page. @param token of the sandbox */
export const pagePathOf = (token: string): string => `${PREFIX}${pageTokenOf(token)}/`;

/**
 * Makes the page. It returns undefined for every other request, whose body is then still unread.
 * @param admin serves the admin pages, which the switches use
 * @param readContents returns the contents of the sandbox
 */
export function makeSandboxPage(token: string, admin: AdminHandler, readContents: () => object) {
  const secret = pageTokenOf(token);
  return async (request: StreamedRequest): Promise<StreamedResponse | undefined> => {
    const { method, path, headers } = request;
    if (!path.startsWith(PREFIX)) return undefined;
    const [given = '', ...rest] = path.slice(PREFIX.length).split('/');
    if (!isSameSecret(given, secret))
      return textOf(401, 'The token is missing or wrong. Open the address that the sandbox has printed.');
    const name = rest.join('/');
    const [, settings] = /^switches\/([\w-]+)$/.exec(name) ?? [];
    if (settings !== undefined && SWITCHES.includes(settings)) {
      if (method !== 'POST') return textOf(405, 'A switch is turned with POST.');
      // Other pages cannot send either of these headers.
      if (headers['origin'] === undefined || headers['content-type'] !== 'application/json')
        return textOf(403, 'Only the page turns its switches.');
      return turn(request, settings, admin);
    }
    if (method !== 'GET') return textOf(405, 'The page is read with GET.');
    if (name === 'events')
      return {
        status: 200,
        headers: { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' },
        body: Readable.from(eventsOf(readContents)),
      };
    return fileOf(name === '' ? 'index.html' : name);
  };
}

/** Yields the contents whenever they have changed. The stream reads on only when the browser has read the last event. */
async function* eventsOf(readContents: () => object): AsyncGenerator<string> {
  const event = (topic: string, json: string) => `event: ${topic}\ndata: ${json}\n\n`;
  yield `retry: 1000\n\n${event('hello', JSON.stringify(HELLO))}`;
  for (let last = ''; ; await delay(EVERY_MS, undefined, { ref: false })) {
    const json = JSON.stringify(readContents());
    // A comment shows that the connection is still open.
    yield json === last ? ':\n\n' : event('sandbox', json);
    last = json;
  }
}

async function turn(request: StreamedRequest, name: string, admin: AdminHandler): Promise<StreamedResponse> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) if ((size += chunk.length) <= MAX_BYTES) chunks.push(chunk);
  if (size > MAX_BYTES) return textOf(413, 'The settings are too large.');
  const response = await admin({ ...request, path: `/_sandbox/${name}`, body: Buffer.concat(chunks) });
  if (response?.status === 200) return textOf(204, '');
  return textOf(400, (JSON.parse(String(response?.body ?? '{}')) as { error?: string }).error ?? '');
}

function fileOf(name: string): WireResponse {
  const type = TYPES[extname(name)];
  if (type === undefined || !readdirSync(FOLDER).includes(name)) return textOf(404, 'There is no such file.');
  return {
    status: 200,
    headers: { ...HEADERS, 'content-type': type },
    body: readFileSync(join(FOLDER, name)),
  };
}

const textOf = (status: number, text: string): WireResponse => ({
  status,
  headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' },
  body: text,
});
