/** A package registry on this machine that contains only esbuild, made from the installed copy. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A running registry. */
export interface PackageRegistry {
  readonly url: string;
  /** The names of the packages that clients have requested. */
  readonly requested: ReadonlySet<string>;
  readonly close: () => Promise<void>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One package of the registry: its manifest, and its packed files. */
interface Published {
  readonly manifest: Manifest;
  readonly tarball: Buffer;
}

/** Packs an installed package as it was published. */
async function pack(installed: string): Promise<Published> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-registry-'));
  try {
    const args = ['pack', installed, '--ignore-scripts', '--silent', '--pack-destination', folder];
    await promisify(execFile)('npm', args, { cwd: folder });
    const [tarball = ''] = readdirSync(folder);
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
    return { manifest, tarball: readFileSync(join(folder, tarball)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Returns the document with all versions of a package.
 * @see https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md
 */
function packument({ manifest, tarball }: Published, url: string) {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const dist = { tarball: `${url}/${name}/-/${version}.tgz`, integrity };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

/** Returns a package of another platform, which no installer fetches on this one. @param name e.g. `@esbuild/darwin-arm64` */
function ofOtherPlatform(name: string, version: string): Published {
  const [, os = '', cpu = ''] = /\/([^-]+)-(.+)$/.exec(name) ?? [];
  return { manifest: { name, version, os: [os], cpu: [cpu] }, tarball: Buffer.alloc(0) };
}

/**
 * Starts the registry. It describes the binaries of other platforms, because Yarn resolves optional packages as well.
 * @param packages the `node_modules` folder with esbuild
 */
export async function startRegistry(packages: string): Promise<PackageRegistry> {
  const esbuild = await pack(join(packages, 'esbuild'));
  const platform = `@esbuild/${process.platform}-${process.arch}`;
  const others = Object.entries(esbuild.manifest.optionalDependencies ?? {}).map(([name, version]) =>
    ofOtherPlatform(name, version),
  );
  const published = new Map(
    [...others, esbuild, await pack(join(packages, platform))].map((one) => [one.manifest.name, one]),
  );
  const requested = new Set<string>();
  const server = createServer((request, response) => {
    const [, name = '', tarball] =
      /^\/((?:@[^/]+\/)?[^/?]+)(\/-\/)?/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    const found = published.get(name);
    requested.add(name);
    if (!found) return response.writeHead(404).end('{}');
    if (tarball) return response.end(found.tarball);
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(packument(found, url)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requested,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
