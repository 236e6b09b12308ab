// The arithmetic of rolling updates: examples and properties.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextMoves, type AssessedTask } from '../../../../sandbox/aws/ecs/rolling.ts';
import type { TaskRow } from '../../../../sandbox/aws/ecs/store.ts';

type Rollout = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
type Kind = 'new' | 'healthy' | 'to be replaced' | 'old' | 'old, not healthy';

const assessedTasks = (kinds: Kind[]): AssessedTask[] =>
  kinds.map((kind, index) => ({
    task: { taskArn: `${kind} ${index}` } as TaskRow,
    isPrimary: !kind.startsWith('old'),
    isHealthy: kind === 'healthy' || kind === 'old',
    mustBeReplaced: kind === 'to be replaced',
    isProtected: false,
  }));

interface Settings {
  rolloutState?: Rollout;
  minimumHealthyPercent?: number;
  maximumPercent?: number;
}

const moves = (kinds: Kind[], desiredCount: number, settings: Settings = {}) => {
  const { rolloutState = 'IN_PROGRESS', minimumHealthyPercent = 100, maximumPercent = 200 } = settings;
  const configuration = { minimumHealthyPercent, maximumPercent };
  const {
    tasksToStop: stop,
    startCount: start,
    isStuck: stuck,
  } = nextMoves(
    { desiredCount, deploymentConfiguration: configuration },
    { rolloutState },
    assessedTasks(kinds),
  );
  return { stop: stop.map(({ taskArn }) => taskArn.replace(/ \d+$/, '')), start, stuck };
};

describe('examples of rolling updates', () => {
  test('a service without tasks starts its desired count of tasks', () => {
    expect(moves([], 3)).toEqual({ stop: [], start: 3, stuck: false });
  });
  test('an update starts as many tasks as the maximum allows, and stops one old task per healthy new task', () => {
    expect(moves(['old', 'old'], 2)).toEqual({ stop: [], start: 2, stuck: false });
    expect(moves(['old', 'old', 'new', 'new'], 2)).toEqual({ stop: [], start: 0, stuck: false });
    expect(moves(['old', 'old', 'healthy', 'new'], 2)).toEqual({ stop: ['old'], start: 0, stuck: false });
    expect(moves(['old', 'healthy', 'healthy'], 2)).toEqual({ stop: ['old'], start: 0, stuck: false });
  });
  test('the minimum is rounded up and the maximum is rounded down', () => {
    const odd = { minimumHealthyPercent: 50, maximumPercent: 150 };
    expect(moves(['old', 'old', 'old'], 3, odd)).toEqual({ stop: ['old'], start: 2, stuck: false });
  });
  test('unhealthy old tasks are stopped immediately', () => {
    expect(moves(['old', 'old, not healthy'], 1)).toMatchObject({ stop: ['old, not healthy'] });
  });
  test('a service is stuck when it can neither start nor stop a task within the percentages', () => {
    expect(moves(['old'], 1, { maximumPercent: 100 })).toEqual({ stop: [], start: 0, stuck: true });
  });
  test.each(['IN_PROGRESS', 'COMPLETED'] as const)(
    'in state %s, an unhealthy task is stopped once its replacement is healthy, unless the maximum allows no extra task',
    (rolloutState) => {
      const bad = 'to be replaced';
      const state = { rolloutState };
      const tight = { rolloutState, minimumHealthyPercent: 0, maximumPercent: 100 };
      expect(moves([bad], 1, state)).toEqual({ stop: [], start: 1, stuck: false });
      expect(moves([bad, 'new'], 1, state)).toEqual({ stop: [], start: 0, stuck: false });
      expect(moves([bad, 'healthy'], 1, state)).toEqual({ stop: [bad], start: 0, stuck: false });
      expect(moves([bad, bad], 1, state)).toEqual({ stop: [bad], start: 1, stuck: false });
      expect(moves(['old', bad], 1, state)).toEqual({ stop: [bad], start: 1, stuck: false });
      expect(moves([bad], 1, tight)).toEqual({ stop: [bad], start: 1, stuck: false });
    },
  );
  test('a failed deployment stops its unhealthy tasks, and starts no others', () => {
    const failed = { rolloutState: 'FAILED' as const };
    expect(moves(['to be replaced', 'old'], 1, failed)).toMatchObject({ stop: ['to be replaced'], start: 0 });
  });
  test('a failed deployment does not stop the old tasks', () => {
    expect(moves(['old', 'old'], 2, { rolloutState: 'FAILED' })).toEqual({
      stop: [],
      start: 0,
      stuck: false,
    });
  });
  test('scaling in first stops tasks that are not healthy yet, then the newest tasks', () => {
    const scaledIn = moves(['healthy', 'new', 'healthy'], 1);
    expect(scaledIn.stop.sort()).toEqual(['healthy', 'new']);
  });
});

describe('properties of rolling updates', () => {
  const kinds = fc.array(
    fc.constantFrom<Kind>('new', 'healthy', 'to be replaced', 'old', 'old, not healthy'),
    {
      maxLength: 12,
    },
  );
  const configuration = fc.record({
    minimumHealthyPercent: fc.integer({ min: 0, max: 100 }),
    maximumPercent: fc.integer({ min: 100, max: 300 }),
  });
  const rollout = fc.constantFrom<Rollout>('IN_PROGRESS', 'COMPLETED', 'FAILED');

  test('a service never starts tasks beyond the maximum', () => {
    fc.assert(
      fc.property(
        kinds,
        fc.nat({ max: 8 }),
        configuration,
        rollout,
        (given, desired, percents, rolloutState) => {
          const { start, stop } = moves(given, desired, { ...percents, rolloutState });
          const maximum = Math.floor((desired * percents.maximumPercent) / 100);
          expect(start).toBeLessThanOrEqual(desired);
          if (start > 0) expect(given.length - stop.length + start).toBeLessThanOrEqual(maximum);
        },
      ),
    );
  });
  test('an update never reduces the number of healthy tasks below the minimum', () => {
    fc.assert(
      fc.property(kinds, fc.nat({ max: 8 }), configuration, (given, desired, percents) => {
        const { stop } = moves(given, desired, percents);
        const isHealthy = (kind: string) => kind === 'healthy' || kind === 'old';
        const before = given.filter(isHealthy).length;
        const after = before - stop.filter(isHealthy).length;
        const minimum = Math.ceil((desired * percents.minimumHealthyPercent) / 100);
        expect(after).toBeGreaterThanOrEqual(Math.min(before, minimum));
      }),
    );
  });
  test('from any state, a service whose tasks become healthy settles at its desired count', () => {
    fc.assert(
      fc.property(kinds, fc.nat({ max: 8 }), configuration, (given, desired, percents) => {
        fc.pre(percents.minimumHealthyPercent < 100 || percents.maximumPercent >= 200);
        let current = [...given];
        for (let rounds = 0; rounds < 60; rounds += 1) {
          const { stop, start, stuck } = moves(current, desired, percents);
          if (stuck) return;
          for (const kind of stop) current.splice(current.indexOf(kind as Kind), 1);
          current = [
            ...current.map((kind) => (kind === 'new' ? 'healthy' : kind)),
            ...Array<Kind>(start).fill('new'),
          ];
        }
        expect(current).toEqual(Array<Kind>(desired).fill('healthy'));
      }),
    );
  });
});
