/** Says before a deployment whether this machine lacks the OCI runtime that an image needs. */
import { pullImage } from '../aws/ecr/pull.ts';
import { DEFAULT_PATH } from '../runtime/command.ts';
import type { FindRuntime } from '../runtime/find-oci-runtime.ts';
import { parseImageConfig } from '../runtime/image.ts';
import type { ImageStore } from '../runtime/image-store.ts';
import { needsOwnSystem } from '../runtime/image-system.ts';
import type { Region } from '../world/region.ts';
import { commandOf } from './container-setup.ts';

interface Machine {
  readonly regions: readonly Region[];
  readonly store: ImageStore;
  readonly runtime: FindRuntime;
}

/**
 * Answers `GET /_sandbox/lacks-runtime`. The start of a task decides the same way.
 * @param query `image` is a reference to the sandbox's registry in `region`, and `command` a JSON array that replaces the image's
 *   own command; without an image, the answer is about any image that needs a runtime
 * @returns false if there is a runtime, or if the image needs none
 * @throws Error if the image cannot be pulled or unpacked
 */
export async function lacksRuntime(
  { regions, store, runtime }: Machine,
  query: URLSearchParams,
): Promise<boolean> {
  if (runtime() !== undefined) return false;
  const reference = query.get('image');
  if (reference === null) return true;
  const region = regions.find(({ name }) => name === query.get('region'));
  if (region === undefined) throw new Error(`There is no region ${query.get('region')}.`);
  const image = pullImage(region, reference);
  const config = parseImageConfig(image.config);
  const command = JSON.parse(query.get('command') ?? '[]') as string[];
  const { workingDirectory } = config;
  const root = await store.open(image, workingDirectory);
  try {
    const search = { rootfs: root.rootfs, workingDirectory, path: config.environment.PATH ?? DEFAULT_PATH };
    return await needsOwnSystem(commandOf({ command }, config), search);
  } finally {
    root.release();
  }
}
