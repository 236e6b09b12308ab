// The documents of a layered image: what it inherits from its base, what the start replaces, and that they are canonical.
import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { BaseImage } from '../../../../lib/image/base-image.ts';
import { canonicalJson } from '../../../../lib/image/canonical-json.ts';
import { imageDocuments, type ImageParts } from '../../../../lib/image/layered-image.ts';

const digest = (name: string) => `sha256:${createHash('sha256').update(name).digest('hex')}`;
const layer = (name: string) => ({
  digest: digest(name),
  size: name.length,
  diffId: digest(`${name} unpacked`),
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
});

const base: BaseImage = {
  reference: 'public.ecr.aws/docker/library/node:22-slim',
  digest: digest('base'),
  layers: [layer('debian'), layer('node')],
  config: {
    os: 'linux',
    architecture: 'amd64',
    config: {
      Env: ['PATH=/usr/local/bin:/bin', 'NODE_VERSION=22.1.0', 'EMPTY='],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['node'],
      Labels: { from: 'base' },
      Healthcheck: { Test: ['CMD', 'true'] },
      OnBuild: ['RUN npm ci'],
      ExposedPorts: { '80/tcp': {} },
      User: 'root',
      WorkingDir: '/',
      StopSignal: 'SIGINT',
    },
    history: [{ created_by: 'debian' }, { created_by: 'ENV', empty_layer: true }, { created_by: 'node' }],
    diffIds: [layer('debian').diffId, layer('node').diffId],
  },
};

const parts: ImageParts = {
  start: {
    entrypoint: [],
    command: ['node', 'server.js'],
    environment: { NODE_ENV: 'production', PATH: '/app/node_modules/.bin:/bin', OPTIONS: 'a=b' },
    user: '1000:1000',
    workingFolder: '/app',
    ports: [3000],
    stopSignal: undefined,
  },
  base,
  layers: [
    { ...layer('dependencies'), content: 'dependencies' },
    { ...layer('program'), content: 'program' },
  ],
  architecture: 'amd64',
};

const configOf = (changed: Partial<ImageParts> = {}) =>
  JSON.parse(new TextDecoder().decode(imageDocuments({ ...parts, ...changed }).config.bytes)) as {
    config: Record<string, unknown>;
    history: { created_by: string }[];
    rootfs: unknown;
  };

test('the manifest lists the layers of the base image and those of the program, and names the base image', () => {
  const { manifest, config, mediaType, digest: actual } = imageDocuments(parts);
  expect(actual).toBe(digest(manifest));
  expect(JSON.parse(manifest)).toEqual({
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digest(new TextDecoder().decode(config.bytes)),
      size: config.size,
    },
    layers: ['debian', 'node', 'dependencies', 'program'].map((name) => {
      const { diffId: _, ...descriptor } = layer(name);
      return descriptor;
    }),
    annotations: {
      'org.opencontainers.image.base.name': base.reference,
      'org.opencontainers.image.base.digest': base.digest,
    },
  });
});

test('the start replaces the settings of the base image, and the rest is inherited', () => {
  expect(configOf().config).toEqual({
    Cmd: ['node', 'server.js'],
    Env: [
      'PATH=/app/node_modules/.bin:/bin',
      'NODE_VERSION=22.1.0',
      'EMPTY=',
      'NODE_ENV=production',
      'OPTIONS=a=b',
    ],
    ExposedPorts: { '3000/tcp': {} },
    Labels: { from: 'base' },
    StopSignal: 'SIGINT',
    User: '1000:1000',
    Volumes: { '/tmp': {} },
    WorkingDir: '/app',
  });
});

test('an entry point is kept, and without own ports those of the base image remain', () => {
  const start = { ...parts.start, entrypoint: ['tini', '--'], command: [], ports: [] };
  const { config } = configOf({ start: { ...start, stopSignal: 'SIGQUIT' } });
  expect(config).toMatchObject({
    Entrypoint: ['tini', '--'],
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGQUIT',
  });
  expect(config).not.toHaveProperty('Cmd');
});

test('every layer has its history and its digest before compression', () => {
  const { history, rootfs } = configOf();
  expect(history.map(({ created_by: by }) => by)).toEqual([
    'debian',
    'ENV',
    'node',
    'slipway: dependencies',
    'slipway: program',
  ]);
  expect(rootfs).toEqual({
    type: 'layers',
    diff_ids: ['debian', 'node', 'dependencies', 'program'].map((name) => layer(name).diffId),
  });
});

test('an image without a base has only its own layers', () => {
  const { manifest } = imageDocuments({ ...parts, base: undefined });
  expect(JSON.parse(manifest)).not.toHaveProperty('annotations');
  expect(configOf({ base: undefined })).toMatchObject({
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['NODE_ENV=production', 'OPTIONS=a=b', 'PATH=/app/node_modules/.bin:/bin'] },
    rootfs: { diff_ids: [layer('dependencies').diffId, layer('program').diffId] },
  });
});

test('the order in which variables and keys were written does not change the image', () => {
  const environment = Object.fromEntries(Object.entries(parts.start.environment).reverse());
  const reversed = { ...parts, start: { ...parts.start, environment } };
  expect(imageDocuments(reversed).digest).toBe(imageDocuments(parts).digest);
  const command = ['node', 'other.js'];
  const changed = { ...parts, start: { ...parts.start, command } };
  expect(imageDocuments(changed).digest).not.toBe(imageDocuments(parts).digest);
});

test('canonical JSON has sorted keys at every depth, and no white space', () => {
  const bytes = canonicalJson({ b: [{ d: 1, c: undefined, a: null }], a: 'ü' });
  expect(new TextDecoder().decode(bytes)).toBe('{"a":"ü","b":[{"a":null,"d":1}]}');
});
