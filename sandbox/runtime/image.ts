/** Unpacks the layers of a container image into a folder of a task, and reads from the image how to run it. */
import { mkdir } from 'node:fs/promises';
import * as z from 'zod';
import { applyLayer } from './layer.ts';

/** The blobs of an image as a registry stores them. */
export interface ImageBlobs {
  /** The configuration, as JSON. */
  config: Uint8Array;
  /** The layers from the lowest to the topmost, each a tar archive, plain or gzipped. */
  layers: readonly LayerBlob[];
}

/** A layer as a registry stores it. */
export interface LayerBlob {
  /** `sha256:…` of the bytes. */
  readonly digest: string;
  read(): Uint8Array;
}

/** The part of an image configuration that describes how to run it. */
export interface ImageConfig {
  command: string[];
  entrypoint: string[];
  /** An absolute path; `/` when the image sets none. */
  workingDirectory: string;
  environment: Record<string, string>;
  /** A user name or number; `''` when the image sets none. */
  user: string;
  /** For example `amd64`; undefined when the image names none. */
  architecture?: string;
  /** For example `SIGQUIT`; undefined when the image sets none. */
  stopSignal?: string;
  /** The absolute paths of the folders that the image declares as volumes. */
  volumes: string[];
}

const imageConfig = z.object({
  architecture: z.string().nullish(),
  config: z
    .object({
      Cmd: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      WorkingDir: z.string().nullish(),
      Env: z.array(z.string()).nullish(),
      User: z.string().nullish(),
      StopSignal: z.string().nullish(),
      Volumes: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

/**
 * Unpacks an image into a folder, which becomes the root file system of its containers.
 * @param image the blobs of the image
 * @param folder the folder to unpack into; created if necessary
 * @param keepOwners whether files keep their owners, which only root can give them
 * @throws LayerError for a layer that cannot be read or that would write outside the folder
 * @throws ZodError or SyntaxError for an invalid image configuration
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 */
export async function unpackImage(
  image: ImageBlobs,
  folder: string,
  keepOwners = false,
): Promise<ImageConfig> {
  const config = parseImageConfig(image.config);
  await mkdir(folder, { recursive: true });
  for (const layer of image.layers) await applyLayer(layer.read(), folder, keepOwners);
  return config;
}

/** Parses an image configuration. */
export function parseImageConfig(blob: Uint8Array): ImageConfig {
  const { architecture, config } = imageConfig.parse(JSON.parse(new TextDecoder().decode(blob)));
  return {
    command: config?.Cmd ?? [],
    entrypoint: config?.Entrypoint ?? [],
    workingDirectory: config?.WorkingDir || '/',
    environment: Object.fromEntries((config?.Env ?? []).map(parseVariable)),
    user: config?.User ?? '',
    volumes: Object.keys(config?.Volumes ?? {}),
    ...(architecture ? { architecture } : {}),
    ...(config?.StopSignal ? { stopSignal: config.StopSignal } : {}),
  };
}

function parseVariable(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}
