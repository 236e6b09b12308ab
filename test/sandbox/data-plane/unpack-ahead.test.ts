// An image is unpacked before its task starts, so that its program starts as soon as the pull ends.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { taskScene } from './task-scene.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-unpack-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const roots = () => {
  const images = join(folder, 'images');
  return existsSync(images) ? readdirSync(images).filter((name) => !name.includes('.')) : [];
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a root that containers share is unpacked when the task definition is registered', async () => {
  const clock = manualClock();
  const scene = await taskScene({ clock, pace: 1, folder });
  await scene.push(`console.log('runs')`, 'v1');
  expect(roots()).toEqual([]);
  // The clock stands still, so the task is not placed yet.
  const arn = await scene.run({ web: { readonlyRootFilesystem: true } });
  while (roots().length === 0) await turn();
  expect(scene.region.ecs.tasks.get(arn)?.lastStatus).toBe('PROVISIONING');
  expect(scene.region.ecr.repositories.all()[0]?.images[0]?.pulledAt).toBeUndefined();
  const unpacked = roots();
  while (scene.lines().length === 0) {
    clock.advance(1_000);
    await turn();
  }
  expect(scene.lines()).toEqual(['runs']);
  expect(roots()).toEqual(unpacked);
});

test('a root is unpacked before the pull ends if its image was pushed after the registration', async () => {
  const clock = manualClock();
  const scene = await taskScene({ clock, pace: 1, folder });
  const arn = await scene.run({ web: { readonlyRootFilesystem: true } });
  await scene.push(`console.log('runs')`, 'v1');
  expect(roots()).toEqual([]);
  const statusOf = () => scene.region.ecs.tasks.get(arn)?.lastStatus;
  while (statusOf() !== 'PENDING') {
    clock.advance(1_000);
    await turn();
  }
  // The pull takes 15 s, and the clock stands still.
  while (roots().length === 0) await turn();
  expect(statusOf()).toBe('PENDING');
  expect(scene.region.ecs.tasks.get(arn)?.pullStartedAt).toBeUndefined();
});

test('a root of one container only is not unpacked before its task starts', async () => {
  const clock = manualClock();
  const scene = await taskScene({ clock, pace: 1, folder });
  await scene.push(`console.log('runs')`, 'v1');
  await scene.run({ web: { readonlyRootFilesystem: false } });
  while (scene.lines().length === 0) {
    clock.advance(1_000);
    await turn();
  }
  expect(roots()).toEqual([]);
});
