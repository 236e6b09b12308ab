// Worlds that an earlier sandbox wrote are read in the current form.
import { expect, test } from '@jest/globals';
import { upgraded, VERSION } from '../../../sandbox/state/upgrade.ts';
import type { Snapshot } from '../../../sandbox/world/world.ts';

const worldWith = (row: object): Snapshot => ({
  seed: 's',
  count: 1,
  agenda: [],
  global: {},
  regions: { 'eu-west-1': { ecs: { tasks: [['id', row]] }, ec2: { vpcs: [['id', { asked: 1 }]] } } } as never,
});

test('the rows of ECS in a file of version 1 get the names of today; other rows stay as they are', () => {
  const before = {
    asked: { name: 'web' },
    counted: true,
    condemned: 'unhealthy',
    proven: true,
    restUntil: 7,
    kept: 1,
  };
  expect(upgraded(1, worldWith(before))).toEqual(
    worldWith({
      createInput: { name: 'web' },
      isFailureCounted: true,
      replaceReason: 'unhealthy',
      wasHealthy: true,
      pausedUntil: 7,
      kept: 1,
    }),
  );
});

test('a file of the current version is left as it is, and one of a newer version is refused', () => {
  expect(upgraded(VERSION, worldWith({ asked: 1 }))).toEqual(worldWith({ asked: 1 }));
  expect(upgraded(VERSION + 1, worldWith({}))).toBeUndefined();
});
