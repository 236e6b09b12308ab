// Programs control their logs: no log makes the diagnosis slow, whatever its lines contain.
import { expect, test } from '@jest/globals';
import { findCause } from '../../../../lib/diagnosis/cause.ts';
import { excerptOf } from '../../../../lib/diagnosis/excerpt.ts';
import { exitedTask, containerFacts, factsWith, taskWith } from './facts.ts';

/** The processor time of this process: the time of a clock depends on what else the machine does. */
const processorMs = (): number => process.cpuUsage().user / 1000;

const MEGABYTE = 1_000_000;
const filled = (text: string, more = ''): string => text.repeat(MEGABYTE / text.length) + more;

const HOSTILE: readonly (readonly [string, readonly string[]])[] = [
  ['one long word', [filled('a')]],
  ['one line of spaces', [`at x${filled(' ')}x`]],
  ['one line of the word listening', [filled('listening ')]],
  ['one line of the word EADDRINUSE', [filled('EADDRINUSE ')]],
  ['one line of the word EACCES', [filled('EACCES ')]],
  ['one line of the word EROFS', [filled('EROFS ')]],
  ['one line of quoted EACCES', [filled("EACCES '/")]],
  ['one line of PermissionError', [filled('PermissionError: ')]],
  ['one line of bind', [filled('bind ')]],
  ['one line of the words required variable', [filled('required variable ')]],
  ['one line of upper-case words', [filled('A_')]],
  ['one line of upper-case words and spaces', [filled('A_B ')]],
  ['one line of an unfinished URL', [filled('http://')]],
  ['one line of dots and digits', [`listening ${filled('1.')}`]],
  ['one line of ports', [`listening on ${filled('12345 ')}`]],
  ['one line of "port":', [filled('"port":')]],
  ['one line of thread', [`thread '${filled("' ")}`]],
  ['one line of File', [`  File "${filled('", line ')}`]],
  ['one line of from', [`  from ${filled(':1')}`]],
  ['one line of Cannot find module', [filled("Cannot find module '/")]],
  ['one line of sh', [filled('sh: ')]],
  ['one line of not found', [`sh: ${filled('1')}`]],
  ['one line of slashes', [filled('/')]],
  ['one deeply nested object', [`{"level":50,"x":${'['.repeat(MEGABYTE / 2)}${']'.repeat(MEGABYTE / 2)}}`]],
  ['one large object', [`{"level":50,"msg":"${filled('x')}"}`]],
  ['many short errors', [filled('bad\n')]],
  ['many tracebacks', [filled('Traceback (most recent call last):\n')]],
  ['many indented tracebacks', [filled(' Traceback (most recent call last):\n')]],
  ['many frames', [filled('Error: x\n    at f (/app/main.js:1:1)\n')]],
  ['many messages of traces', [filled('x\n at y\n')]],
  ['many panics', [filled('panic: x\ngoroutine 1\n')]],
  ['many causes', [filled('Caused by: x\n at y\n')]],
  ['many empty lines', [filled('\n')]],
  ['many carriage returns', [filled('\r')]],
  ['many events', Array.from({ length: 4000 }, () => 'bad: EADDRINUSE '.repeat(16))],
];

test.each(HOSTILE)('a log of %s is read within a second', (_, log) => {
  const start = processorMs();
  const excerpt = excerptOf(log);
  const readAfter = processorMs() - start;
  expect(excerpt.lines.length).toBeLessThanOrEqual(12);
  findCause(factsWith({ tasks: [exitedTask(1, { log: [...log] })] }));
  const check = { container: 'api', taskId: '1', state: 'unhealthy', reason: 'Target.FailedHealthChecks' };
  findCause(
    factsWith({
      tasks: [taskWith({ containers: [containerFacts({ log: [...log] })] })],
      targets: [{ ...check, description: 'Health checks failed' }],
    }),
  );
  expect(readAfter).toBeLessThan(1000);
  expect(processorMs() - start).toBeLessThan(5000);
});

test('one line that merely mentions a lasting cause ends no deployment; a second such exit does', () => {
  const log = [
    'warning: address already in use :9229, the debugger is off',
    'Error: connect ECONNREFUSED 10.0.0.5:5432',
    '    at main (/app/main.js:3:1)',
    'Node.js v24.0.0',
  ];
  const first = exitedTask(1, { log }, '1');
  expect(findCause(factsWith({ tasks: [first] }))?.isPermanent).toBe(false);
  const second = exitedTask(1, { log: [...log] }, '2');
  expect(findCause(factsWith({ tasks: [second, first] }))?.isPermanent).toBe(true);
});

test.each([
  ['has not started yet', { startedAt: undefined, status: 'ACTIVATING' }],
  ['is unknown', undefined],
])('a failing check of a task that %s ends no deployment', (_, more) => {
  const target = { container: 'api', taskId: '1', state: 'unhealthy', reason: 'Target.Timeout' };
  const facts = factsWith({
    tasks: more ? [taskWith(more)] : [],
    targets: [{ ...target, description: 'Request timed out' }],
  });
  expect(findCause(facts)?.isPermanent).toBe(false);
});
