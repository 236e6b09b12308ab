/** Builds an image with a container engine and takes it out of the engine, for a registry that the engine cannot push to. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../aws/errors.ts';
import { isProblem } from '../model/problem.ts';
import { readArchive } from './archive.ts';
import { BlobCache } from './blob-cache.ts';
import type { DockerBuild, LayeredImage } from './builds.ts';
import { buildWithEngine, engineFailed } from './docker.ts';
import { runEngine, type Engine } from './engine.ts';

/** The arguments with which an engine writes an image to a file in the format of `docker save`. */
const SAVE: Readonly<Record<Engine, (reference: string, file: string) => string[]>> = {
  docker: (reference, file) => ['save', '--output', file, reference],
  podman: (reference, file) => ['save', '--format', 'docker-archive', '--output', file, reference],
  finch: (reference, file) => ['save', '--output', file, reference],
  buildah: (reference, file) => ['push', '--quiet', reference, `docker-archive:${file}:${reference}`],
};

/**
 * Builds an image and copies it into the cache.
 * @param build with a folder to export to
 * @returns the image, which `pushImage` can send to a registry
 * @throws BUILDER with the last lines of the engine's output; DISK_FULL, CACHE_FOLDER
 * @see https://docs.docker.com/reference/cli/docker/image/save/
 */
export async function exportBuild(build: DockerBuild, signal: AbortSignal): Promise<LayeredImage> {
  const { engine, tag, exportFolder } = build;
  if (exportFolder === undefined) throw new Error(`${engine} pushes the image ${tag} itself`);
  const cache = new BlobCache(exportFolder);
  await cache.requirePrivate();
  // The registry of such a reference does not exist, so that the image cannot be pushed by mistake.
  const reference = `localhost/slipway:${tag}`;
  await buildWithEngine(build, reference, signal);
  const blobs = join(exportFolder, 'blobs');
  await mkdir(blobs, { recursive: true, mode: 0o700 });
  // By this name, the cache removes it later if this process is killed.
  const file = join(blobs, `${randomUUID()}.incomplete`);
  try {
    const saved = await runEngine(engine, SAVE[engine](reference, file), { signal });
    if (!saved.ok)
      throw engineFailed(`${engine} could not export the image of ${build.folder}.`, saved.output);
    const image = await readArchive(createReadStream(file), cache).catch((error: unknown) => {
      if (isProblem(error)) throw error;
      const what = `The image that ${engine} exported cannot be read.`;
      throw engineFailed(what, messageOf(error));
    });
    return { kind: 'layers', tag, ...image };
  } finally {
    await rm(file, { force: true });
  }
}
