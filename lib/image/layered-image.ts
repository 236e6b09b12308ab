/** Describes an image of several layers: those of a base image, one with the dependencies, and one with the program. Pure. */
import type { ProgramStart } from '../program/start.ts';
import type { BaseImage } from './base-image.ts';
import type { BaseConfig } from './base-manifest.ts';
import type { BlobIdentity } from './blob-identity.ts';
import { canonicalJson } from './canonical-json.ts';
import { CONFIG_TYPE, digestOf, EPOCH, imageVolumes, MANIFEST_TYPE } from './image-format.ts';
import type { LayerDescription } from './layer.ts';

/** The start of a program, as far as the image contains it. */
export type ImageStart = Pick<
  ProgramStart,
  'entrypoint' | 'command' | 'environment' | 'user' | 'workingFolder' | 'ports' | 'stopSignal'
>;

export interface ImageParts {
  readonly start: ImageStart;
  /** The base image; undefined if the sandbox supplies Node. */
  readonly base: BaseImage | undefined;
  /** The layers above the base image, the lowest first, with what each contains. */
  readonly layers: readonly (LayerDescription & { readonly content: string })[];
  /** The CPU architecture of the tasks. */
  readonly architecture: string;
  /** The folders that the program can write to although its root is read-only. */
  readonly writable?: readonly string[] | undefined;
}

/** The documents of an image. */
export interface ImageDocuments {
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
  readonly config: BlobIdentity & { readonly bytes: Uint8Array };
}

/**
 * Makes the configuration and the manifest. The same parts give the same bytes. From its base, an image inherits the variables
 * and all settings that the start does not replace, but neither a health check, which ECS ignores, nor build triggers.
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 */
export function imageDocuments({ start, base, layers, architecture, writable }: ImageParts): ImageDocuments {
  const created = EPOCH.toISOString();
  const configBytes = canonicalJson({
    architecture,
    config: containerSettings(start, base?.config, writable),
    created,
    history: [
      ...(base?.config.history ?? []),
      ...layers.map(({ content }) => ({ created, created_by: `slipway: ${content}` })),
    ],
    os: 'linux',
    rootfs: {
      diff_ids: [...(base?.config.diffIds ?? []), ...layers.map(({ diffId }) => diffId)],
      type: 'layers',
    },
    variant: base?.config.variant,
  });
  const config = { digest: digestOf(configBytes), size: configBytes.length, bytes: configBytes };
  const manifestBytes = canonicalJson({
    annotations: base && {
      'org.opencontainers.image.base.digest': base.digest,
      'org.opencontainers.image.base.name': base.reference,
    },
    config: { digest: config.digest, mediaType: CONFIG_TYPE, size: config.size },
    layers: [...(base?.layers ?? []), ...layers].map(({ digest, mediaType, size }) => ({
      digest,
      mediaType,
      size,
    })),
    mediaType: MANIFEST_TYPE,
    schemaVersion: 2,
  });
  return {
    digest: digestOf(manifestBytes),
    manifest: new TextDecoder().decode(manifestBytes),
    mediaType: MANIFEST_TYPE,
    config,
  };
}

function containerSettings(
  start: ImageStart,
  base: BaseConfig | undefined,
  writable: readonly string[] | undefined,
): object {
  const { Healthcheck: _, OnBuild: _1, ...inherited } = base?.config ?? {};
  return {
    ...inherited,
    // An empty entry point replaces that of the base image, which would otherwise start in front of the command.
    Entrypoint: start.entrypoint.length > 0 ? start.entrypoint : undefined,
    Cmd: start.command.length > 0 ? start.command : undefined,
    Env: environment(base?.config.Env ?? [], start.environment),
    User: start.user,
    Volumes: { ...(inherited['Volumes'] as object | undefined), ...imageVolumes(writable) },
    StopSignal: start.stopSignal ?? inherited['StopSignal'],
    WorkingDir: start.workingFolder,
    ExposedPorts:
      start.ports.length > 0
        ? Object.fromEntries(start.ports.map((port) => [`${port}/tcp`, {}]))
        : inherited['ExposedPorts'],
  };
}

/** Combines the variables of the base image with those of the start, which take precedence. */
function environment(base: readonly string[], own: Readonly<Record<string, string>>): string[] {
  const variables = new Map(base.map((line) => line.split(/=(.*)/s) as [string, string | undefined]));
  for (const [name, value] of Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)))
    variables.set(name, value);
  return [...variables].map(([name, value = '']) => `${name}=${value}`);
}
