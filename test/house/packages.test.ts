/** Packages: every version is exact, so that every machine installs the same versions. */
import { describe, expect, test } from '@jest/globals';
import { FILES, text } from './files.ts';

const MANIFESTS = FILES.filter((file) => /(^|\/)package\.json$/.test(file));
const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'] as const;

type Manifest = Partial<Record<(typeof DEPENDENCY_FIELDS)[number], Record<string, string>>>;

const versionsIn = (file: string) => {
  const manifest = JSON.parse(text(file)) as Manifest;
  return DEPENDENCY_FIELDS.flatMap((field) =>
    Object.entries(manifest[field] ?? {}).map(([name, version]) => ({ file, name, version })),
  );
};

describe('packages', () => {
  test('every package is pinned exactly, since a minor version may change the SDK internals that the sandbox uses', () => {
    const loose = MANIFESTS.flatMap(versionsIn).filter(({ version }) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(loose).toEqual([]);
  });

  test('users install only what cannot be bundled: everything else that Slipway imports is a development dependency', () => {
    const { dependencies } = JSON.parse(text('package.json')) as Manifest;
    expect(Object.keys(dependencies ?? {})).toEqual(['esbuild']);
  });

  test('every package has the same version in all manifests', () => {
    const versions = new Map<string, Set<string>>();
    for (const { name, version } of MANIFESTS.flatMap(versionsIn)) {
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
    }
    expect([...versions].filter(([, found]) => found.size > 1).map(([name]) => name)).toEqual([]);
  });

  test('every package is locked with a checksum', () => {
    const lock = JSON.parse(text('package-lock.json')) as {
      packages: Record<string, { version?: string; link?: boolean; integrity?: string }>;
    };
    const installed = Object.entries(lock.packages).filter(
      ([path, { link }]) => path.startsWith('node_modules/') && !link,
    );
    expect(installed.length).toBeGreaterThan(0);
    expect(installed.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([]);
  });
});
