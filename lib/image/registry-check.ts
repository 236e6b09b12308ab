/** Checks whether an image exists, over the API that all registries have, with the anonymous tokens of public registries. */
import { messageOf } from '../aws/errors.ts';
import { checkPlatform, MANIFEST_TYPES, type ImageCheck, type ImageReference } from './reference.ts';

/** How long a registry may take, milliseconds. A machine without network must not wait for long. */
const TIMEOUT_MS = 5000;
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
  const read = anonymousReader(signal);
  try {
    const name = 'tag' in version ? version.tag : version.digest;
    const response = await read(`${base}/manifests/${name}`, MANIFEST_TYPES.join(', '));
    if (response.status === 404) return { state: 'missing', why: `${host} does not have it.` };
    // Docker Hub answers 401 both for missing and for private repositories.
    if (!response.ok) return { state: 'unknown', why: `${host} answers ${response.status}` };
    const readConfig = async (digest: string) => (await read(`${base}/blobs/${digest}`, '*/*')).text();
    return await checkPlatform(await response.text(), readConfig, architecture);
  } catch (error) {
    if (signal.aborted) throw error;
    return { state: 'unknown', why: `${host} cannot be reached: ${messageOf(error)}` };
  }
}

/**
 * Makes a function that sends GET requests, and fetches an anonymous token when a registry asks for one.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
function anonymousReader(signal: AbortSignal): (url: string, accept: string) => Promise<Response> {
  let authorization: string | undefined;
  const send = (url: string, headers: Record<string, string>) =>
    fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  return async (url, accept) => {
    const get = () => send(url, { accept, ...(authorization === undefined ? {} : { authorization }) });
    const first = await get();
    const challenge = first.headers.get('www-authenticate') ?? '';
    if (first.status !== 401 || authorization !== undefined || !/^Bearer /i.test(challenge)) return first;
    const fields = new Map(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const realm = fields.get('realm');
    if (realm === undefined) return first;
    const query = new URLSearchParams({
      service: fields.get('service') ?? '',
      scope: fields.get('scope') ?? '',
    });
    const answer = await send(`${realm}?${query.toString()}`, {});
    if (!answer.ok) return first;
    const { token, access_token } = (await answer.json()) as { token?: string; access_token?: string };
    authorization = `Bearer ${token ?? access_token}`;
    return get();
  };
}
