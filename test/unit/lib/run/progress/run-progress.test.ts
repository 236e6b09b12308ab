// The progress of a run, from its events.
import { describe, expect, test } from '@jest/globals';
import { RunProgress } from '../../../../../lib/run/progress/run-progress.ts';
import { resource, STEPS } from './stages.ts';

function afterStart() {
  const progress = new RunProgress();
  progress.receive(STEPS, 0);
  progress.receive(resource('natGateway', 'started', 'creating'), 1_000);
  progress.receive(resource('loadBalancer', 'started', 'creating'), 1_000);
  return progress;
}

describe('the remaining time', () => {
  test('is that of the longest chain, less what has passed of its running step', () => {
    const progress = afterStart();
    expect(progress.remaining(1_000)).toEqual({
      ...{ done: 0, total: 4, ms: 141_000 },
      path: ['natGateway', 'privateRoutes', 'services'],
    });
    expect(progress.remaining(61_000).ms).toBe(81_000);
  });

  test('does not fall below that of the later steps when a step takes longer than usual', () => {
    expect(afterStart().remaining(500_000).ms).toBe(41_001);
  });

  test('shrinks with each step that ends', () => {
    const progress = afterStart();
    progress.receive(resource('natGateway', 'created'), 90_000);
    expect(progress.remaining(90_000)).toMatchObject({ done: 1, ms: 41_000 });
  });

  test('is unknown if the usual duration of a remaining step is', () => {
    const progress = new RunProgress(({ noun, usualMs }) => (noun === 'services' ? undefined : usualMs));
    progress.receive(STEPS, 0);
    expect(progress.remaining(0)).toMatchObject({ done: 0, total: 4, ms: undefined });
    progress.receive(resource('services', 'created', 'id', { key: 'shop' }), 0);
    expect(progress.remaining(0).ms).toBe(101_000);
  });

  test('starts again with the steps of a second round', () => {
    const progress = afterStart();
    progress.receive(resource('natGateway', 'created'), 90_000);
    progress.receive(STEPS, 100_000);
    expect(progress.remaining(100_000).done).toBe(0);
  });
});

describe('the running steps', () => {
  test('start with the one that the run waits for longest', () => {
    const progress = new RunProgress();
    progress.receive(STEPS, 0);
    progress.receive(resource('loadBalancer', 'started', 'creating'), 0);
    progress.receive(resource('natGateway', 'started', 'creating'), 5);
    progress.receive(resource('natGateway', 'waiting', 'pending', { elapsed: 10 }), 15);
    expect(progress.running(20)).toMatchObject([
      { address: 'natGateway', startedAt: 5, text: 'pending', usualMs: 100_000 },
      { address: 'loadBalancer', startedAt: 0, text: 'creating' },
    ]);
  });

  test('include one that is not planned, since its first wait was reported', () => {
    const progress = new RunProgress();
    progress.receive(resource('services', 'waiting', '0/1 running', { key: 'shop', elapsed: 400 }), 1_000);
    expect(progress.running(1_000)).toMatchObject([{ address: 'services.shop', startedAt: 600 }]);
  });

  test('end when they are done, kept or gone', () => {
    for (const status of ['created', 'kept', 'gone'] as const) {
      const progress = afterStart();
      progress.receive(resource('natGateway', status), 2_000);
      expect(progress.running(2_000).map(({ address }) => address)).toEqual(['loadBalancer']);
    }
  });
});

test('steps that cannot start yet name the running steps for which they wait', () => {
  expect(afterStart().blocked()).toEqual([
    { noun: 'privateRoutes', by: ['natGateway'] },
    { noun: 'services', by: ['loadBalancer'] },
  ]);
});

test('an activity lasts until its end or until the first steps', () => {
  const progress = new RunProgress();
  progress.receive({ type: 'activity', text: 'looking' }, 5);
  expect(progress.activity).toEqual({ text: 'looking', startedAt: 5 });
  progress.receive({ type: 'activity', text: '' }, 6);
  expect(progress.activity).toBeUndefined();
  progress.receive({ type: 'activity', text: 'looking' }, 5);
  progress.receive(STEPS, 7);
  expect(progress.activity).toBeUndefined();
});
