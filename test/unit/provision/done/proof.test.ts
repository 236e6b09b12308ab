// The proof that a service runs: how long its tasks and targets must stay healthy.
import type { Task } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { REAL_PROOF } from '../../../../lib/engine/waits.ts';
import { newProof, type Observation } from '../../../../provision/done/proof.ts';
import { dateAt } from '../deployments.ts';

const START = dateAt(0).getTime();
const task = (id: string, startedAt?: Date): Task => ({ taskArn: `arn:task/${id}`, startedAt });
/** A task that started at one second and exited at another. */
const exited = (id: string, from: number, to: number): Task => ({
  ...task(id, dateAt(from)),
  stoppingAt: dateAt(to),
  stoppedAt: dateAt(to),
  stopCode: 'EssentialContainerExited',
});
const observation = (seconds: number, more: Partial<Observation> = {}): Observation => ({
  at: START + seconds * 1000,
  count: 1,
  isComplete: true,
  runningCount: 1,
  tasks: [],
  running: [task('1')],
  ended: [],
  unhealthy: [],
  targets: new Map(),
  ...more,
});
const missing = [{ container: { name: 'api' }, targets: [], healthyCount: 0 }] as never;

/** Observes a service at these seconds, and returns the state after each look. */
function states(looks: readonly Observation[], wasComplete = false): string[] {
  const proof = newProof(REAL_PROOF, () => wasComplete);
  return looks.map((look) => {
    const result = proof.observe(look);
    return result.state === 'pending' ? result.note : result.state;
  });
}

describe('a deployment in which no task has exited', () => {
  test('its tasks must stay up for 6 s, and a single healthy look is no proof', () => {
    expect(states([0, 3, 5.9, 6].map((at) => observation(at)))).toEqual([
      'its tasks must stay up for 6 more seconds',
      'its tasks must stay up for 3 more seconds',
      'its tasks must stay up for 3 more seconds',
      'ready',
    ]);
  });

  test('the time before the deployment was completed counts, so the proof usually takes no time on AWS', () => {
    expect(states([observation(0, { isComplete: false }), observation(6)])).toEqual(['', 'ready']);
  });

  test('targets must be healthy in the same look, and throughout', () => {
    expect(
      states([
        observation(0),
        observation(3, { unhealthy: missing }),
        observation(7),
        observation(12),
        observation(13),
      ]),
    ).toEqual([
      'its tasks must stay up for 6 more seconds',
      '',
      'its tasks must stay up for 6 more seconds',
      'its tasks must stay up for 3 more seconds',
      'ready',
    ]);
  });

  test('enough tasks must be up at the same time, each for long enough', () => {
    const two = { count: 2, runningCount: 2 };
    const both = [task('1'), task('2')];
    expect(
      states([
        observation(0, two),
        observation(6, two),
        observation(10, { ...two, running: both }),
        observation(16, { ...two, running: both }),
      ]),
    ).toEqual(['1/2 tasks are up', '1/2 tasks are up', 'its tasks must stay up for 6 more seconds', 'ready']);
  });

  test('an endpoint that lists no tasks proves the service by its counts', () => {
    const unlisted = { running: [] };
    expect(
      states([
        observation(0, { ...unlisted, runningCount: 0 }),
        observation(1, unlisted),
        observation(7, unlisted),
      ]),
    ).toEqual(['0/1 tasks are up', 'its tasks must stay up for 6 more seconds', 'ready']);
  });

  test('a task that was replaced without an exit counts from its own start', () => {
    expect(
      states([
        observation(0),
        observation(5, { running: [task('2')] }),
        observation(6, { running: [task('2')] }),
        observation(11, { running: [task('2')] }),
      ]).at(-1),
    ).toBe('ready');
  });

  test('a service without tasks is proven when its deployment is completed', () => {
    expect(states([observation(0, { count: 0, running: [], runningCount: 0 })])).toEqual(['ready']);
  });
});

describe('a deployment in which a task has exited', () => {
  const quiet = (at: number, ...ended: Task[]) => observation(at, { running: [task('2')], ended });

  test('the next task must stay up for at least 15 s', () => {
    const first = exited('1', 0, 1);
    expect(states([2, 8, 16.9, 17].map((at) => quiet(at, first)))).toEqual([
      'a task has failed: the new tasks must stay up for 15 more seconds',
      'a task has failed: the new tasks must stay up for 9 more seconds',
      'a task has failed: the new tasks must stay up for 3 more seconds',
      'ready',
    ]);
  });

  test('the next task must stay up for twice as long as the exited one', () => {
    const first = exited('1', 0, 30);
    expect(states([quiet(31, first), quiet(90, first), quiet(91, first)]).slice(1)).toEqual([
      'a task has failed: the new tasks must stay up for 3 more seconds',
      'ready',
    ]);
  });

  test('the quiet period is at most two minutes', () => {
    const first = exited('1', 0, 600);
    expect(states([quiet(600, first), quiet(720, first)]).at(-1)).toBe('ready');
  });

  test('a further exit after the completion is a failure, wherever the first one was', () => {
    const [first, second] = [exited('1', 0, 3), exited('2', 4, 7)];
    expect(states([quiet(4, first), quiet(8, first, second)]).at(-1)).toBe('failed');
    expect(states([quiet(0), quiet(4, first), quiet(8, first, second)])).toEqual([
      'its tasks must stay up for 6 more seconds',
      'a task has failed: the new tasks must stay up for 12 more seconds',
      'failed',
    ]);
  });

  test('exits before the completion are left to the circuit breaker', () => {
    const exits = [exited('1', 0, 1), exited('2', 2, 3)];
    expect(states([{ ...quiet(4, ...exits), isComplete: false }, quiet(5, ...exits)])).toEqual([
      '',
      'a task has failed: the new tasks must stay up for 15 more seconds',
    ]);
  });
});

describe('a deployment that was completed before the run', () => {
  const running = [task('1', dateAt(-60))];

  test('tasks that have been up for long enough are proven at the first look', () => {
    expect(states([observation(0, { running })], true)).toEqual(['ready']);
    expect(states([observation(0, { running: [task('1')] })], true)).toEqual(['ready']);
    expect(states([observation(0, { running: [task('1', dateAt(-2))] })], true)).toEqual([
      'its tasks must stay up for 6 more seconds',
    ]);
  });

  test('a recent exit requires a quiet period, and an old one does not', () => {
    const recent = observation(0, { running: [task('1', dateAt(-5))], ended: [exited('0', -9, -6)] });
    expect(states([recent], true)).toEqual([
      'a task has failed: the new tasks must stay up for 12 more seconds',
    ]);
    const old = observation(0, { running, ended: [exited('0', -700, -690)] });
    expect(states([old], true)).toEqual(['ready']);
  });
});
