// The base image of a program by its version of Node, and the folder in which base images are cached.
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { imageCacheFolder } from '../../../../lib/image/cache-folder.ts';
import { nodeBaseReferences } from '../../../../lib/image/node-base.ts';

test('the base image has the version that the program names, or else that of this process', () => {
  expect(nodeBaseReferences(20, '22.11.0')).toEqual([
    'public.ecr.aws/docker/library/node:20-slim',
    'docker.io/library/node:20-slim',
  ]);
  expect(nodeBaseReferences(undefined, '22.11.0')[0]).toBe('public.ecr.aws/docker/library/node:22-slim');
  const [major = ''] = process.versions.node.split('.');
  expect(nodeBaseReferences(undefined)[0]).toMatch(new RegExp(`/node:${major}-slim$`));
});

test.each<[NodeJS.Platform, NodeJS.ProcessEnv, string]>([
  ['linux', {}, join('/home/ada', '.cache', 'slipway')],
  ['linux', { XDG_CACHE_HOME: '/cache' }, join('/cache', 'slipway')],
  ['linux', { XDG_CACHE_HOME: '' }, join('/home/ada', '.cache', 'slipway')],
  ['darwin', {}, join('/home/ada', 'Library', 'Caches', 'slipway')],
  ['win32', { LOCALAPPDATA: '/local' }, join('/local', 'slipway')],
  ['win32', {}, join('/home/ada', 'AppData', 'Local', 'slipway')],
  ['darwin', { SLIPWAY_CACHE: 'here' }, resolve('here')],
])('on %s with %j the cache is in %s', (platform, env, folder) => {
  expect(imageCacheFolder(env, platform, '/home/ada')).toBe(folder);
});
