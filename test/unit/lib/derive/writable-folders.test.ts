// The volumes of containers with a read-only root.
import { expect, test } from '@jest/globals';
import { mountPointsOf, volumesOf } from '../../../../lib/derive/writable-folders.ts';

const container = (name: string, writable?: readonly string[], readOnlyRoot = true) => ({
  name,
  readOnlyRoot,
  writable,
});

test('every folder of every container has a separate volume, with a name that ECS accepts', () => {
  const containers = [
    container('api', ['/var/cache/app', '/var/cache.app']),
    container('web', ['/var/cache/app']),
  ];
  const names = volumesOf(containers).map(({ name }) => name ?? '');
  expect(names).toEqual([
    'api-tmp',
    expect.stringMatching(/^api-var-cache-app-[0-9a-f]{4}$/),
    expect.stringMatching(/^api-var-cache-app-[0-9a-f]{4}$/),
    'web-tmp',
    expect.stringMatching(/^web-var-cache-app-[0-9a-f]{4}$/),
  ]);
  expect(new Set(names).size).toBe(names.length);
  expect(containers.flatMap((one) => mountPointsOf(one)).map(({ sourceVolume }) => sourceVolume)).toEqual(
    names,
  );
});

test('the folders are mounted writable; a container without a read-only root needs none', () => {
  expect(mountPointsOf(container('api', ['/data']))).toEqual([
    { sourceVolume: 'api-tmp', containerPath: '/tmp', readOnly: false },
    { sourceVolume: expect.any(String), containerPath: '/data', readOnly: false },
  ]);
  expect(mountPointsOf(container('api', [], false))).toEqual([]);
  expect(volumesOf([container('api', [], false)])).toEqual([]);
});

test('a long path has a short name', () => {
  const [, volume] = volumesOf([container('api', [`/${'a'.repeat(300)}`])]);
  expect(volume?.name?.length).toBeLessThan(120);
});
