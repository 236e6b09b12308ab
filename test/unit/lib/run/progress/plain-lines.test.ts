// The lines for a log file or a screen reader.
import { expect, test } from '@jest/globals';
import { plainLines } from '../../../../../lib/run/progress/plain-lines.ts';
import { RunProgress } from '../../../../../lib/run/progress/run-progress.ts';
import { resource, STEPS } from './stages.ts';

function scene() {
  const written: string[] = [];
  const clock = { now: 0 };
  const { report, tick } = plainLines({
    write: (text) => void written.push(text),
    colour: false,
    progress: new RunProgress(),
    now: () => clock.now,
  });
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.now += 1_000;
      tick();
    }
  };
  return { written, report, pass };
}

test('a wait is a line when it starts and when its text changes', () => {
  const { written, report } = scene();
  report(resource('natGateway', 'waiting', 'pending', { elapsed: 0 }));
  report(resource('natGateway', 'waiting', 'pending', { elapsed: 3_000 }));
  report(resource('natGateway', 'waiting', 'available soon', { elapsed: 6_000 }));
  expect(written).toEqual([
    '  natGateway                    waiting    pending\n',
    '  natGateway                    waiting    available soon  6.0 s\n',
  ]);
});

test('after 15 seconds without a line, a line says what the run waits for', () => {
  const { written, report, pass } = scene();
  report(STEPS);
  report(resource('natGateway', 'started', 'creating'));
  report(resource('natGateway', 'waiting', 'pending', { elapsed: 0 }));
  pass(14);
  expect(written).toHaveLength(1);
  pass(1);
  expect(written.slice(1)).toEqual([
    '  still running: natGateway (pending, 15 s, usually 1 min 40 s); 0 of 4 done, about 2 min 05 s left\n',
  ]);
  pass(30);
  expect(written).toHaveLength(4);
});

test('a silent activity gets such a line, too', () => {
  const { written, report, pass } = scene();
  report({ type: 'activity', text: 'looking for existing resources' });
  pass(15);
  expect(written).toEqual(['  still looking for existing resources, 15 s\n']);
});

test('nothing is written if nothing is known to run', () => {
  const { written, pass } = scene();
  pass(60);
  expect(written).toEqual([]);
});
