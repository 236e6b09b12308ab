// Lines have a time, a container and a task; logs in JSON are readable, and nothing can change the terminal.
import { describe, expect, test } from '@jest/globals';
import { readableJson } from '../../../logs/json-text.ts';
import { lineJson, lineText } from '../../../logs/line-text.ts';
import { event } from './events.ts';

const NOW = new Date(2026, 2, 4, 14, 2, 11, 123).getTime();
const selection = { label: () => 'app', width: 5 };
const text = (message: string, at = NOW, colour = false) =>
  lineText(event(at, message), { selection, colour, now: NOW });

describe('a line', () => {
  test('has the local time, the container and the beginning of the id of the task', () => {
    expect(text('GET /')).toBe('14:02:11.123 app   01234567 │ GET /\n');
  });
  test('has the date if it is not of today', () => {
    expect(text('old', new Date(2025, 11, 31, 23, 59, 59, 5).getTime())).toBe(
      '2025-12-31 23:59:59.005 app   01234567 │ old\n',
    );
  });
  test('has no control characters, and one prefix for each line', () => {
    expect(text('a\u001b[2J\nb\r')).toBe(
      '14:02:11.123 app   01234567 │ a\\u001b[2J\n14:02:11.123 app   01234567 │ b\n',
    );
  });
  test('has the same text with colours', () => {
    const coloured = text('{"level":50,"msg":"no"}', NOW, true);
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(text('{"level":50,"msg":"no"}'));
    expect(coloured).toContain('\u001b[31mERROR\u001b[39m');
  });
  test('begins with the level, and ends with the stack trace', () => {
    expect(
      text(
        JSON.stringify({ level: 50, msg: 'failed', err: { message: 'no', stack: 'Error: no\n  at a.js:1' } }),
      ),
    ).toBe(
      ['ERROR failed err=no', '  Error: no', '    at a.js:1']
        .map((line) => `14:02:11.123 app   01234567 │ ${line}\n`)
        .join(''),
    );
  });
  test('is data for scripts', () => {
    expect(lineJson(event(0, 'a'))).toEqual({
      ...{ at: '1970-01-01T00:00:00.000Z', service: 'web', container: 'app' },
      ...{ task: '0123456789abcdef', message: 'a' },
    });
  });
});

test.each<[string, object, string | undefined, string]>([
  ['pino', { level: 30, time: 1, pid: 7, hostname: 'ip', msg: 'up', port: 80 }, 'INFO', 'up port=80'],
  [
    'bunyan',
    { name: 'shop', v: 0, pid: 7, hostname: 'ip', level: 40, msg: 'low', time: '2026' },
    'WARN',
    'low name=shop',
  ],
  [
    'winston',
    { level: 'error', message: 'no disk', timestamp: '2026', code: 'E 1' },
    'ERROR',
    'no disk code="E 1"',
  ],
  ['Google', { severity: 'notice', message: 'hi', nested: { a: 1 } }, 'NOTICE', 'hi nested={"a":1}'],
  ['structlog', { level: 'info', event: 'paid', user: null }, 'INFO', 'event=paid user=null'],
  ['a message alone', { msg: 'a=b', host: 'x', pid: 1 }, undefined, 'a=b host=x pid=1'],
  ['an unknown number', { level: 35, msg: 'x' }, '35', 'x'],
  [
    'an error with a code',
    { level: 50, msg: 'x', err: { message: 'no', code: 7, stack: 's' } },
    'ERROR',
    'x err={"message":"no","code":7}',
  ],
])('a line of %s is readable', (_name, fields, level, readable) => {
  expect(readableJson(JSON.stringify(fields))).toMatchObject({ level, text: readable });
});

test.each(['GET /', '{"a":1}', '[1]', '{"level":', '{}', '{"msg":1}', 'null', '{level:30}'])(
  '%s stays as it is',
  (line) => {
    expect(readableJson(line)).toBeUndefined();
  },
);
