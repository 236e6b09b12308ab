/** Checks whether an image exists, over the API that all registries have, with the anonymous tokens of public registries. */
import { messageOf } from '../aws/errors.ts';
import { checkPlatform, MANIFEST_TYPES, type ImageCheck, type ImageReference } from './reference.ts';
import { openRepository } from './registry-session.ts';

/** How long a registry may take, milliseconds. A machine without network must not wait for long. */
const TIMEOUT_MS = 5000;

/**
 * Checks an image. A registry that does not answer, or that requires a login, does not prove that the image is missing.
 * @param architecture the CPU architecture of the tasks: `amd64` or `arm64`
 * @see https://distribution.github.io/distribution/spec/api/
 */
export async function checkInRegistry(
  reference: ImageReference,
  architecture: string,
  signal: AbortSignal,
): Promise<ImageCheck> {
  const { host, version } = reference;
  try {
    const read = openRepository(reference, { signal, timeoutMs: TIMEOUT_MS });
    const name = 'tag' in version ? version.tag : version.digest;
    const answer = await read(`manifests/${name}`, MANIFEST_TYPES.join(', '));
    const manifest = await answer.text();
    if (answer.status === 404) return { state: 'missing', why: `${host} does not have it.` };
    // Docker Hub answers 401 both for missing and for private repositories.
    if (answer.status !== 200) return { state: 'unknown', why: `${host} answers ${answer.status}` };
    const readConfig = async (digest: string) => (await read(`blobs/${digest}`, '*/*')).text();
    return await checkPlatform(manifest, readConfig, architecture);
  } catch (error) {
    if (signal.aborted) throw error;
    return { state: 'unknown', why: `${host} cannot be reached: ${messageOf(error)}` };
  }
}
