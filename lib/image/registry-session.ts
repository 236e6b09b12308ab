/** Reads from a repository of a registry over the API that all registries have, anonymously or with credentials of this machine. */
import type { ImageReference } from './reference.ts';

const MAX_REDIRECTS = 5;
/** Registries limit manifests to 4 MiB: https://distribution.github.io/distribution/ */
const MAX_TEXT_BYTES = 4 * 1_048_576;
/** How long a manifest or a token may take in all, milliseconds: a registry that sends a byte now and then is never idle. */
const TEXT_TIMEOUT_MS = 120_000;
/** Docker Hub's API has another host than its references. */
const API_HOSTS: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };
/** Registries on this machine have no certificate. */
const isLocal = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);

/** A body must have at least this many bytes in this time, milliseconds: a slower one would take days. Time without a reader does not count. */
const MIN_PROGRESS = { bytes: 64 * 1024, ms: 60_000 };

/** The error of a registry that stalls. Its message is a clause without a full stop. */
export class StalledRegistry extends Error {
  constructor(host: string, why: string) {
    super(`${host} stalls: ${why}`);
    this.name = 'StalledRegistry';
  }
}

/** A response of a registry. Its body must be read or cancelled. */
export interface RegistryAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads the body. @throws if it is larger than any manifest, or takes too long in all */
  text(): Promise<string>;
  /** Ends the response without reading the rest. */
  cancel(): Promise<void>;
}

export interface ReadingOptions {
  readonly signal: AbortSignal;
  /** The maximum milliseconds until a response begins, and without new bytes in it. */
  readonly timeoutMs: number;
  /** The maximum milliseconds for the whole of a manifest or a token; two minutes by default. */
  readonly textTimeoutMs?: number;
  /** The minimum speed of a body; by default 64 KiB per minute. */
  readonly minProgress?: typeof MIN_PROGRESS;
  /**
   * Returns the value of an Authorization header for the registry and for its server of tokens, if there are credentials. It is called
   * when the registry refuses anonymous requests.
   */
  readonly credentials?: () => Promise<string | undefined>;
}

/** Sends a GET request to a path of the repository, such as `manifests/latest`. */
export type ReadRegistry = (path: string, accept: string) => Promise<RegistryAnswer>;

/**
 * Opens a repository for reading. A token that the registry asks for is requested, and sent until it expires.
 * @returns a function that throws the error of the network, or an error with the reason why a server must not be asked
 * @see https://distribution.github.io/distribution/spec/api/
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export function openRepository(
  { host, repository }: Pick<ImageReference, 'host' | 'repository'>,
  {
    signal,
    timeoutMs,
    textTimeoutMs = TEXT_TIMEOUT_MS,
    minProgress = MIN_PROGRESS,
    credentials,
  }: ReadingOptions,
): ReadRegistry {
  const base = `${isLocal(host) ? 'http' : 'https'}://${API_HOSTS[host] ?? host}/v2/${repository}`;
  const own = new URL(base).origin;
  let authorization: string | undefined;

  const send = async (url: URL, headers: Record<string, string>, redirectCount = 0): Promise<Reply> => {
    if (url.origin !== own && !isPublic(url)) throw new Error(`it refers to ${url.host}`);
    const limit = idleLimit(url.host, timeoutMs);
    const limits = AbortSignal.any([signal, limit.signal]);
    const response = await fetch(url, { headers, signal: limits, redirect: 'manual' }).catch(
      (error: unknown) => {
        limit.pause();
        throw error;
      },
    );
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null)
      return {
        answer: answerOf(response, limit, textTimeoutMs, progressCheck(url.host, minProgress)),
        challenge: response.headers.get('www-authenticate') ?? '',
      };
    limit.pause();
    await response.body?.cancel();
    if (redirectCount >= MAX_REDIRECTS) throw new Error('it redirects too often');
    const next = new URL(location, url);
    // The token is for this server only.
    const { authorization: _, ...others } = headers;
    return send(next, next.origin === url.origin ? headers : others, redirectCount + 1);
  };

  return async (path, accept) => {
    const get = () =>
      send(new URL(`${base}/${path}`), { accept, ...(authorization === undefined ? {} : { authorization }) });
    const { answer, challenge } = await get();
    if (answer.status !== 401) return answer;
    const login = await credentials?.();
    const realm = tokenUrl(challenge);
    if (realm === undefined) {
      if (!/^Basic\b/i.test(challenge) || login === undefined) return answer;
      await answer.cancel();
      authorization = login;
      return (await get()).answer;
    }
    // There is no token yet, or it has expired. Without credentials, public registries grant an anonymous token.
    const { answer: granted } = await send(realm, login === undefined ? {} : { authorization: login });
    const text = await granted.text();
    const token = granted.status === 200 ? tokenIn(text) : undefined;
    if (token === undefined) return answer;
    await answer.cancel();
    authorization = `Bearer ${token}`;
    return (await get()).answer;
  };
}

interface Reply {
  readonly answer: RegistryAnswer;
  /** The header `www-authenticate`. */
  readonly challenge: string;
}

/** A time limit for the next bytes. It runs only while a reader waits for them. */
interface IdleLimit {
  readonly signal: AbortSignal;
  start(): void;
  pause(): void;
}

function idleLimit(host: string, timeoutMs: number): IdleLimit {
  const controller = new AbortController();
  const expire = () =>
    controller.abort(new StalledRegistry(host, `no data arrived for ${timeoutMs / 1000} s`));
  let timer = setTimeout(expire, timeoutMs);
  return {
    signal: controller.signal,
    start() {
      clearTimeout(timer);
      timer = setTimeout(expire, timeoutMs);
    },
    pause: () => clearTimeout(timer),
  };
}

/**
 * Makes the check that a body makes progress, for a registry that is never idle for long, but sends only a few bytes at a time.
 * @returns a function of the milliseconds that a chunk took, and of its size; it throws StalledRegistry
 */
function progressCheck(host: string, min: typeof MIN_PROGRESS): (waitedMs: number, bytes: number) => void {
  let waited = 0;
  let received = 0;
  return (waitedMs, bytes) => {
    waited += waitedMs;
    received += bytes;
    if (waited < min.ms) return;
    if (received < min.bytes)
      throw new StalledRegistry(host, `it sent only ${received} bytes in ${Math.round(waited / 1000)} s`);
    waited = 0;
    received = 0;
  };
}

function answerOf(
  response: Response,
  limit: IdleLimit,
  textTimeoutMs: number,
  checkProgress: (waitedMs: number, bytes: number) => void,
): RegistryAnswer {
  limit.pause();
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      limit.start();
      let start = performance.now();
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        limit.pause();
        checkProgress(performance.now() - start, chunk.length);
        yield chunk;
        limit.start();
        start = performance.now();
      }
    } finally {
      limit.pause();
    }
  }
  const body = chunks();
  return {
    status: response.status,
    body,
    async text() {
      const read: Uint8Array[] = [];
      let size = 0;
      const end = performance.now() + textTimeoutMs;
      for await (const chunk of body) {
        if (performance.now() > end) throw new Error(`its answer took longer than ${textTimeoutMs / 1000} s`);
        size += chunk.length;
        if (size > MAX_TEXT_BYTES) throw new Error('its answer is too large');
        read.push(chunk);
      }
      return Buffer.concat(read).toString();
    },
    async cancel() {
      await response.body?.cancel();
    },
  };
}

/** Returns the URL that a registry names for tokens; undefined if it names none. */
function tokenUrl(challenge: string): URL | undefined {
  if (!/^Bearer /i.test(challenge)) return undefined;
  const fields = new Map(
    [...challenge.matchAll(/\b(\w{1,40})="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  const realm = fields.get('realm') ?? '';
  if (!URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  for (const name of ['service', 'scope']) url.searchParams.set(name, fields.get(name) ?? '');
  return url;
}

function tokenIn(text: string): string | undefined {
  const answer = JSON.parse(text) as { token?: unknown; access_token?: unknown } | null;
  const token = answer?.token ?? answer?.access_token;
  return typeof token === 'string' && /^[\x20-\x7e]+$/.test(token) ? token : undefined;
}

/**
 * Whether a request may be sent to a URL. A registry may refer to another public server, for tokens and for blobs, but not to a
 * server that only this machine reaches, such as the metadata service of an EC2 instance.
 */
const isPublic = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' && !isLocal(hostname) && !/^(?:\d+\.){3}\d+$|^\[/.test(hostname);
