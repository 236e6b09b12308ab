/** For tests: runs skopeo against a sandbox's registry, and makes the images that it copies. */
import type { ECRClient } from '@aws-sdk/client-ecr';
import { afterEach } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../../lib/image/builds.ts';
import { digestOf } from '../../lib/image/image-format.ts';
import { newToken } from '../sandbox/registry/registry-client.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Makes a folder that is removed after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skopeo-'));
  folders.push(folder);
  return folder;
}

/** The outcome of a command: its exit code and all its output. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a program with this environment and no other variables. */
export function runTool(tool: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    execFile(tool, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      if (typeof code === 'number') resolve({ code, output: stdout + stderr });
      else reject(new Error(`${tool} did not end: ${stderr}`, { cause: error }));
    });
  });
}

/** Runs skopeo with a separate home folder, so that it uses neither the credentials nor the caches of this machine. */
export const skopeo = (...args: string[]): Promise<Outcome> =>
  runTool('skopeo', args, { PATH: process.env['PATH'], HOME: makeFolder() });

/** Returns skopeo's commands, which use a new token of the sandbox. Images of the registry are given as `repository:tag`. */
export async function skopeoFor({ ecr, port }: { readonly ecr: ECRClient; readonly port: number }) {
  const { authorization, proxyEndpoint } = await newToken(ecr);
  const { host } = new URL(proxyEndpoint);
  const credentials = Buffer.from(authorization.slice('Basic '.length), 'base64').toString();
  const env = {
    PATH: process.env['PATH'],
    // With its own home folder, skopeo uses neither the credentials nor the caches of this machine.
    HOME: makeFolder(),
    // Go cannot resolve names below .localhost, so the sandbox is also the proxy.
    http_proxy: `http://127.0.0.1:${port}`,
  };
  const run = (command: string, ...args: string[]) => runTool('skopeo', [command, ...args], env);
  const remote = (image: string) => `docker://${host}/${image}`;
  return {
    host,
    credentials,
    /** Copies an image into the registry. */
    push: (source: string, image: string, more: readonly string[] = [], login = credentials) =>
      run(
        'copy',
        ...['--insecure-policy', '--dest-tls-verify=false', '--dest-creds', login, ...more],
        ...[source, remote(image)],
      ),
    /** Copies an image out of the registry. */
    pull: (image: string, destination: string, more: readonly string[] = [], login = credentials) =>
      run(
        'copy',
        ...['--insecure-policy', '--src-tls-verify=false', '--src-creds', login, ...more],
        ...[remote(image), destination],
      ),
    /** Runs another command on an image of the registry. */
    on: (command: string, image: string, login = credentials) =>
      run(command, '--tls-verify=false', '--creds', login, remote(image)),
    run,
  };
}

/** An image in memory. */
export type ImageContent = Pick<Bundle, 'digest' | 'manifest' | 'mediaType' | 'blobs'>;

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Writes a blob of an OCI layout, and returns its descriptor. */
function writeBlob(folder: string, mediaType: string, bytes: Uint8Array): Descriptor {
  const digest = digestOf(bytes);
  writeFileSync(join(folder, 'blobs', digest.replace(':', '/')), bytes);
  return { mediaType, digest, size: bytes.length };
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * Writes images as an OCI layout, and returns the layout in skopeo's notation.
 * @param images the images; the keys are their tags
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export function writeOciLayout(images: Readonly<Record<string, ImageContent>>): string {
  const folder = makeFolder();
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const manifests = Object.entries(images).map(([tag, { blobs, manifest, mediaType }]) => {
    for (const { bytes } of blobs) writeBlob(folder, '', bytes);
    const annotations = { 'org.opencontainers.image.ref.name': tag };
    return { ...writeBlob(folder, mediaType, encode(manifest)), annotations };
  });
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  return `oci:${folder}`;
}

/** Writes one image for several architectures as an OCI layout with an index, and returns the image in skopeo's notation. */
export function writeOciIndex(tag: string, images: Readonly<Record<string, ImageContent>>): string {
  const layout = writeOciLayout(images);
  const folder = layout.slice('oci:'.length);
  const manifests = Object.entries(images).map(([architecture, { manifest, mediaType }]) => ({
    ...writeBlob(folder, mediaType, encode(manifest)),
    platform: { os: 'linux', architecture },
  }));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const index = writeBlob(
    folder,
    mediaType,
    encode(JSON.stringify({ schemaVersion: 2, mediaType, manifests })),
  );
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  const layoutIndex = { schemaVersion: 2, manifests: [{ ...index, annotations }] };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(layoutIndex));
  return `${layout}:${tag}`;
}
