// A sandbox that runs in the background for nothing is stopped, and one that does not stop is a problem.
import { expect, test } from '@jest/globals';
import { closeEmptySandbox } from '../../../../lib/run/close-sandbox.ts';
import type { SandboxHandle } from '../../../../lib/run/target.ts';

function sandbox(over: Partial<SandboxHandle>): { door: SandboxHandle; stops: () => number } {
  let stops = 0;
  const door: SandboxHandle = {
    url: 'http://127.0.0.1:4566',
    pid: 123,
    folder: '/some/where',
    started: false,
    background: true,
    limits: undefined,
    resolve: async () => undefined,
    census: async () => ({}),
    isAlive: () => true,
    stop: async () => void (stops += 1),
    ...over,
  };
  return { door, stops: () => stops };
}

test('it is stopped when it is empty and in the background', async () => {
  const { door, stops } = sandbox({});
  expect([await closeEmptySandbox(door), stops()]).toEqual([true, 1]);
});

test.each<[string, Partial<SandboxHandle>]>([
  ['something is in it', { census: async () => ({ 'ec2.vpcs': 1 }) }],
  ['somebody runs it in the foreground', { background: false }],
])('it goes on when %s', async (_, over) => {
  const { door, stops } = sandbox(over);
  expect([await closeEmptySandbox(door), stops()]).toEqual([false, 0]);
});

test('there may be none', async () => {
  expect(await closeEmptySandbox(undefined)).toBe(false);
});

test.each<[string, Partial<SandboxHandle>, string]>([
  ['does not end', { stop: () => Promise.reject(new Error('It still runs.')) }, 'Nothing is left in it.'],
  ['does not answer', { census: () => Promise.reject(new Error('500')) }, 'It is not known what is in it.'],
])('one that %s is a problem that names its process', async (_, over, now) => {
  const { door } = sandbox(over);
  await expect(closeEmptySandbox(door)).rejects.toMatchObject({
    code: 'SANDBOX_STOP',
    what: 'The sandbox did not stop.',
    why: expect.stringMatching(/^(It still runs\.|500)$/),
    now,
    fix: ['kill 123', 'Its log is /some/where/sandbox.log.'],
  });
});

test('one that is gone by then is not missed', async () => {
  const { door } = sandbox({
    isAlive: () => false,
    census: () => Promise.reject(new TypeError('fetch failed')),
  });
  expect(await closeEmptySandbox(door)).toBe(false);
});
