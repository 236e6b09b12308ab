// The bake times of a deployment, which the deadlines and the expected duration of a provision include.
import { expect, test } from '@jest/globals';
import { totalBakeMinutes } from '../../../../lib/config/bake-minutes.ts';
import { read, validStackWith } from './support.ts';

test.each([
  ['rolling', 0],
  [{ rolling: { bakeMinutes: 7 } }, 7],
  [{ alarms: ['a'] }, 5],
  [{ rolling: { bakeMinutes: 0 }, alarms: ['a'] }, 0],
  ['blueGreen', 5],
  [{ blueGreen: { bakeMinutes: 60 } }, 60],
  ['canary', 15],
  [{ canary: { percent: 100, stepMinutes: 3, bakeMinutes: 2 } }, 2],
  ['linear', 9 * 6 + 5],
  [{ linear: { percent: 33.3, stepMinutes: 1, bakeMinutes: 0 } }, 3],
  [{ linear: { percent: 33.4, stepMinutes: 1, bakeMinutes: 0 } }, 2],
  [{ linear: { percent: 100, stepMinutes: 9, bakeMinutes: 1 } }, 1],
])('a deployment with %j bakes for %i minutes', (deploy, expected) => {
  const [service] = read(validStackWith({ 'services.shop.deploy': deploy })).services;
  expect(service && totalBakeMinutes(service.deploy)).toBe(expected);
});
