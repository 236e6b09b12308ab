// An image is unpacked while it counts as being pulled, so that its program starts as soon as the pull ends.
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

test('a root that containers share is unpacked before the pull ends', async () => {
  const clock = manualClock();
  const scene = await taskScene({ clock, pace: 1, folder });
  await scene.push(`console.log('runs')`, 'v1');
  const arn = await scene.run({ web: { readonlyRootFilesystem: true } });
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
  const unpacked = roots();
  while (scene.lines().length === 0) {
    clock.advance(1_000);
    await turn();
  }
  expect(scene.lines()).toEqual(['runs']);
  expect(roots()).toEqual(unpacked);
});
