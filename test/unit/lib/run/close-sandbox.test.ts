// A background sandbox is stopped once it is empty; a sandbox that does not stop is a problem.
import { expect, test } from '@jest/globals';
import { closeEmptySandbox } from '../../../../lib/run/close-sandbox.ts';
import type { SandboxHandle } from '../../../../lib/run/target.ts';
import { fakeSandbox } from './fake-sandbox.ts';

test('a sandbox is stopped when it is empty and in the background', async () => {
  const { sandbox, stopCount } = fakeSandbox();
  expect([await closeEmptySandbox(sandbox), stopCount()]).toEqual([true, 1]);
});

test.each<[string, Partial<SandboxHandle>]>([
  ['it is not empty', { census: async () => ({ 'ec2.vpcs': 1 }) }],
  ['it runs in the foreground', { background: false }],
])('a sandbox keeps running when %s', async (_, overrides) => {
  const { sandbox, stopCount } = fakeSandbox(overrides);
  expect([await closeEmptySandbox(sandbox), stopCount()]).toEqual([false, 0]);
});

test('on the target aws, no sandbox is stopped', async () => {
  expect(await closeEmptySandbox(undefined)).toBe(false);
});

test.each<[string, Partial<SandboxHandle>, string]>([
  ['does not end', { stop: () => Promise.reject(new Error('It still runs.')) }, 'Nothing is left in it.'],
  [
    'does not respond',
    { census: () => Promise.reject(new Error('500')) },
    'It is unknown whether anything is left in it.',
  ],
])('a sandbox that %s causes a problem that names its process', async (_, overrides, now) => {
  const { sandbox } = fakeSandbox(overrides);
  await expect(closeEmptySandbox(sandbox)).rejects.toMatchObject({
    code: 'SANDBOX_STOP',
    what: 'The sandbox did not stop.',
    why: expect.stringMatching(/^(It still runs\.|500)$/),
    now,
    fix: ['kill 123', 'Its log, /some/where/sandbox.log, shows what it was doing.'],
  });
});

test('a sandbox that has already ended causes no problem', async () => {
  const { sandbox } = fakeSandbox({
    isAlive: () => false,
    census: () => Promise.reject(new TypeError('fetch failed')),
  });
  expect(await closeEmptySandbox(sandbox)).toBe(false);
});
