// Images that a container engine builds and Slipway sends: the commands of each engine, and the archives that engines write.
import { access, copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { BlobCache } from '../../../../lib/image/blob-cache.ts';
import type { DockerBuild, LazyBlob } from '../../../../lib/image/builds.ts';
import { dockerBuild } from '../../../../lib/image/docker.ts';
import { exportBuild } from '../../../../lib/image/engine-export.ts';
import type { Engine } from '../../../../lib/image/engine.ts';
import { digestOf } from '../../../../lib/image/image-format.ts';
import { makeCacheFolder } from './entries.ts';
import { enginesOnPath, folderOf } from './folder.ts';

const signal = new AbortController().signal;
const CONFIG = JSON.stringify({ os: 'linux', architecture: 'amd64', config: { Cmd: ['/server'] } });

/** Makes an archive of these files, in which a link is a string that starts with `->`. */
async function archiveOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await folderOf();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    const [, target] = /^->(.*)$/.exec(String(content)) ?? [];
    if (target === undefined) await writeFile(join(folder, name), content);
    else await symlink(target, join(folder, name));
  }
  const file = join(await folderOf(), 'image.tar');
  execFileSync('tar', ['-C', folder, '-cf', file, ...Object.keys(files)]);
  return file;
}

const manifestOf = (layers: readonly string[], config = 'config.json') =>
  JSON.stringify([{ Config: config, RepoTags: ['localhost/slipway:x'], Layers: layers }]);

/** Runs an engine that copies this archive to the requested file. */
async function exportWith(engine: Engine, archive: string) {
  const copy = `for last in "$@"; do case "$last" in docker-archive:*) file=\${last#docker-archive:}; file=\${file%%:*};; esac; done
[ "$1" = save ] && while [ $# -gt 0 ]; do [ "$1" = --output ] && file=$2; shift; done
[ -z "$file" ] || cp "${archive}" "$file"`;
  const calls = await enginesOnPath({ [engine]: copy });
  const folder = await folderOf({ Dockerfile: 'FROM scratch' });
  const exportFolder = makeCacheFolder();
  const build: DockerBuild = { ...(await dockerBuild(engine, { source: folder })), exportFolder };
  return { build, calls, exportFolder, folder };
}

async function bytesOf(blob: unknown): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (blob as LazyBlob).read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test.each<[Engine, (reference: string, file: unknown) => unknown[]]>([
  ['docker', (reference, file) => ['save', '--output', file, reference]],
  ['podman', (reference, file) => ['save', '--format', 'docker-archive', '--output', file, reference]],
  ['finch', (reference, file) => ['save', '--output', file, reference]],
  [
    'buildah',
    (reference) => ['push', '--quiet', reference, expect.stringMatching(/^docker-archive:.*:localhost/)],
  ],
])('%s builds the image, and writes it to a file that is removed afterwards', async (engine, saveArgs) => {
  const archive = await archiveOf({
    'a/layer.tar': 'layer one',
    'b/layer.tar': gzipSync('layer two'),
    'c/layer.tar': '->../a/layer.tar',
    'config.json': CONFIG,
    'manifest.json': manifestOf(['a/layer.tar', 'b/layer.tar', 'c/layer.tar']),
  });
  const { build, calls, exportFolder, folder } = await exportWith(engine, archive);
  const image = await exportBuild(build, signal);
  const reference = `localhost/slipway:${build.tag}`;
  expect((await calls()).map(({ args }) => args)).toEqual([
    ['build', '--platform', 'linux/amd64', '--tag', reference, folder],
    saveArgs(reference, expect.stringContaining(exportFolder)),
  ]);
  expect(image).toMatchObject({ kind: 'layers', tag: build.tag, digest: digestOf(image.manifest) });
  const plain = {
    digest: digestOf('layer one'),
    size: 9,
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
  };
  expect(JSON.parse(image.manifest)).toMatchObject({
    config: { digest: digestOf(CONFIG), size: CONFIG.length },
    layers: [plain, { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }, plain],
  });
  // Equal layers are sent once.
  expect(image.blobs).toHaveLength(3);
  expect(await Promise.all(image.blobs.slice(0, 2).map(bytesOf))).toEqual([CONFIG, 'layer one']);
  expect((await readdir(join(exportFolder, 'blobs'))).filter((name) => name.endsWith('.incomplete'))).toEqual(
    [],
  );
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['without a manifest', { 'config.json': CONFIG }, /no file manifest\.json/],
  ['with an unknown manifest', { 'manifest.json': '[{"Config":1}]' }, /unknown format/],
  ['with a manifest that is not JSON', { 'manifest.json': '?' }, /JSON/],
  ['with several images', { 'manifest.json': '[{},{}]' }, /several images/],
  ['without a layer', { 'config.json': CONFIG, 'manifest.json': manifestOf(['a.tar']) }, /no file a\.tar/],
  [
    'with links in a circle',
    { a: '->b', b: '->a', 'config.json': CONFIG, 'manifest.json': manifestOf(['a']) },
    /no file a/,
  ],
  [
    'with a layer outside of it',
    { 'config.json': CONFIG, 'manifest.json': manifestOf(['../../etc/passwd']) },
    /no file \.\.\/\.\.\/etc\/passwd/,
  ],
])('an archive %s is a problem of the engine', async (_, files, why) => {
  const { build, exportFolder } = await exportWith('podman', await archiveOf(files));
  await expect(exportBuild(build, signal)).rejects.toMatchObject({
    code: 'BUILDER',
    what: 'The image that podman exported cannot be read.',
    why: expect.stringMatching(why),
  });
  expect((await readdir(join(exportFolder, 'blobs'))).filter((name) => name.endsWith('.incomplete'))).toEqual(
    [],
  );
});

test('what a killed process left of an export is removed with the other incomplete files', async () => {
  const archive = await archiveOf({ 'manifest.json': '[]' });
  const { build, exportFolder, calls } = await exportWith('docker', archive);
  await expect(exportBuild(build, signal)).rejects.toMatchObject({ code: 'BUILDER' });
  const file = (await calls()).flatMap(({ args }) => (args[0] === 'save' ? [String(args[2])] : []))[0] ?? '';
  await copyFile(archive, file);
  await new BlobCache(exportFolder).removeUnused(Date.now() + 2 * 24 * 3600 * 1000);
  await expect(access(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an engine that fails to build or to export is reported with its last lines', async () => {
  const archive = await archiveOf({ 'manifest.json': '[]' });
  const { build } = await exportWith('podman', archive);
  await enginesOnPath({ podman: '[ "$1" = save ] && { echo "no space"; exit 1; }; exit 0' });
  await expect(exportBuild(build, signal)).rejects.toMatchObject({
    code: 'BUILDER',
    what: expect.stringMatching(/^podman could not export/),
    why: 'no space',
  });
  await enginesOnPath({ podman: 'echo "no base"; exit 1' });
  await expect(exportBuild(build, signal)).rejects.toMatchObject({
    what: expect.stringMatching(/^podman could not build/),
    why: 'no base',
  });
});
