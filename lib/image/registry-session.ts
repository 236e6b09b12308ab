/** Reads from a repository of a registry over the API that all registries have, anonymously or with credentials of this machine. */
import type { ImageReference } from './reference.ts';
import { answerOf, idleLimit, MIN_PROGRESS, progressCheck, type RegistryAnswer } from './registry-answer.ts';

const MAX_REDIRECTS = 5;
/** How long a manifest or a token may take in all, milliseconds: a registry that sends a byte now and then is never idle. */
const TEXT_TIMEOUT_MS = 120_000;
/** Docker Hub's API has another host than its references. */
const API_HOSTS: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };
/** Registries on this machine have no certificate. */
const isLocal = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);

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
