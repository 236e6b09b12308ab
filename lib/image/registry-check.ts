/** Checks whether an image exists, over the API that all registries have, with the anonymous tokens of public registries. */
import { messageOf } from '../aws/errors.ts';
import { checkPlatform, MANIFEST_TYPES, type ImageCheck, type ImageReference } from './reference.ts';

/** How long a registry may take, milliseconds. A machine without network must not wait for long. */
const TIMEOUT_MS = 5000;
const MAX_REDIRECTS = 5;
/** Registries limit manifests to 4 MiB: https://distribution.github.io/distribution/ */
const MAX_ANSWER_BYTES = 4 * 1_048_576;
/** Docker Hub's API has another host than its references. */
const API_HOSTS: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };
/** Registries on this machine have no certificate. */
const isLocal = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);

/**
 * Checks an image. A registry that does not answer, or that requires a login, does not prove that the image is missing.
 * @param architecture the CPU architecture of the tasks: `amd64` or `arm64`
 * @see https://distribution.github.io/distribution/spec/api/
 */
export async function checkInRegistry(
  { host, repository, version }: ImageReference,
  architecture: string,
  signal: AbortSignal,
): Promise<ImageCheck> {
  const base = `${isLocal(host) ? 'http' : 'https'}://${API_HOSTS[host] ?? host}/v2/${repository}`;
  const own = new URL(base).origin;
  const read = anonymousReader((url) => url.origin === own || isPublic(url), signal);
  try {
    const name = 'tag' in version ? version.tag : version.digest;
    const response = await read(`${base}/manifests/${name}`, MANIFEST_TYPES.join(', '));
    if (response.status === 404) return { state: 'missing', why: `${host} does not have it.` };
    // Docker Hub answers 401 both for missing and for private repositories.
    if (response.status !== 200) return { state: 'unknown', why: `${host} answers ${response.status}` };
    const readConfig = async (digest: string) => (await read(`${base}/blobs/${digest}`, '*/*')).text;
    return await checkPlatform(response.text, readConfig, architecture);
  } catch (error) {
    if (signal.aborted) throw error;
    return { state: 'unknown', why: `${host} cannot be reached: ${messageOf(error)}` };
  }
}

/**
 * Makes a function that sends GET requests, and fetches an anonymous token when a registry asks for one.
 * @param isAllowed whether a request may be sent to a URL
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
function anonymousReader(
  isAllowed: (url: URL) => boolean,
  signal: AbortSignal,
): (url: string, accept: string) => Promise<Answer> {
  let authorization: string | undefined;
  const send = async (url: URL, headers: Record<string, string>, redirectCount = 0): Promise<Answer> => {
    if (!isAllowed(url)) throw new Error(`it refers to ${url.host}`);
    const limits = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { headers, signal: limits, redirect: 'manual' });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return answerOf(response);
    await response.body?.cancel();
    if (redirectCount >= MAX_REDIRECTS) throw new Error('it redirects too often');
    const next = new URL(location, url);
    // The token is for this server only.
    const { authorization: _, ...others } = headers;
    return send(next, next.origin === url.origin ? headers : others, redirectCount + 1);
  };
  return async (url, accept) => {
    const get = () =>
      send(new URL(url), { accept, ...(authorization === undefined ? {} : { authorization }) });
    const first = await get();
    if (first.status !== 401 || authorization !== undefined) return first;
    const realm = tokenUrl(first.challenge);
    if (realm === undefined) return first;
    const answer = await send(realm, {});
    const token = answer.status === 200 ? tokenIn(answer.text) : undefined;
    if (token === undefined) return first;
    authorization = `Bearer ${token}`;
    return get();
  };
}

/** What the check needs of a response. */
interface Answer {
  readonly status: number;
  readonly text: string;
  /** The header `www-authenticate`. */
  readonly challenge: string;
}

/** Reads a response, unless it is larger than any manifest. */
async function answerOf(response: Response): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('its answer is too large');
    chunks.push(chunk);
  }
  const challenge = response.headers.get('www-authenticate') ?? '';
  return { status: response.status, text: Buffer.concat(chunks).toString(), challenge };
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
 * Whether the check of an image may send a request to a URL. A registry may refer to another public server, for tokens and for
 * blobs, but not to a server that only this machine reaches, such as the metadata service of an EC2 instance.
 */
const isPublic = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' && !isLocal(hostname) && !/^(?:\d+\.){3}\d+$|^\[/.test(hostname);
