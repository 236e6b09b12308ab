// The excerpt of a log: it begins at the fatal error, and leaves out the runtime's frames and the lines of the shutdown.
import { describe, expect, test } from '@jest/globals';
import { excerptOf } from '../../../../lib/diagnosis/excerpt.ts';

const excerpt = (...lines: string[]) => {
  const { headline, lines: shown } = excerptOf(lines);
  return { headline, lines: shown };
};

describe('stack traces', () => {
  test('Node: the message and the own frames of an uncaught error', () => {
    expect(
      excerpt(
        'booting',
        '/app/main.js:2',
        "function connect() { throw new Error('no database'); }",
        '                     ^',
        '',
        'Error: no database',
        '    at connect (/app/main.js:2:28)',
        '    at query (/app/node_modules/pg/client.js:1:1)',
        '    at Module._compile (node:internal/modules/cjs/loader:1554:14)',
        '',
        'Node.js v20.19.0',
      ),
    ).toEqual({
      headline: 'Error: no database',
      lines: ['Error: no database', '    at connect (/app/main.js:2:28)'],
    });
  });

  test('Node: a syntax error has no own frames, so its place is shown', () => {
    expect(
      excerpt(
        '/app/main.js:1',
        'const x = {;',
        '           ^',
        '',
        "SyntaxError: Unexpected token ';'",
        '    at wrapSafe (node:internal/modules/cjs/loader:1464:18)',
        '',
        'Node.js v20.19.0',
      ),
    ).toEqual({
      headline: "SyntaxError: Unexpected token ';'",
      lines: ['/app/main.js:1', "SyntaxError: Unexpected token ';'"],
    });
  });

  test('Node: the fatal error wins over an error that was handled, before or after it', () => {
    const handled = ['Error: cache miss', '    at get (/app/cache.js:1:1)'];
    const fatal = ['TypeError: x is not a function', '    at run (/app/main.js:9:1)', '', 'Node.js v20.19.0'];
    expect(excerpt(...handled, '', ...fatal).headline).toBe('TypeError: x is not a function');
    expect(excerpt(...fatal, 'closing', ...handled).headline).toBe('TypeError: x is not a function');
  });

  test('Python: the last traceback, without the frames of libraries of the runtime', () => {
    expect(
      excerpt(
        'INFO starting',
        'Traceback (most recent call last):',
        '  File "/app/main.py", line 8, in <module>',
        '    main()',
        '  File "/usr/lib/python3.12/asyncio/runners.py", line 194, in run',
        '    return runner.run(main)',
        'ValueError: no tenant named blue',
      ),
    ).toEqual({
      headline: 'ValueError: no tenant named blue',
      lines: [
        'Traceback (most recent call last):',
        '  File "/app/main.py", line 8, in <module>',
        '    main()',
        'ValueError: no tenant named blue',
      ],
    });
  });

  test('Go: the panic and the places in the program', () => {
    expect(
      excerpt(
        'panic: assignment to entry in nil map',
        '',
        'goroutine 1 [running]:',
        'main.main()',
        '\t/src/main.go:9 +0x1d',
        'runtime.main()',
        '\t/usr/local/go/src/runtime/proc.go:271 +0x29d',
        'exit status 2',
      ),
    ).toEqual({
      headline: 'panic: assignment to entry in nil map',
      lines: ['panic: assignment to entry in nil map', '\t/src/main.go:9 +0x1d'],
    });
  });

  test('Java: the root cause, and own frames', () => {
    const { headline, lines } = excerpt(
      'Exception in thread "main" java.lang.IllegalStateException: cannot start',
      '\tat shop.Main.main(Main.java:9)',
      'Caused by: java.net.UnknownHostException: db.internal',
      '\tat java.base/java.net.InetAddress.getAllByName(InetAddress.java:1)',
      '\tat shop.Db.open(Db.java:21)',
      '\t... 1 more',
    );
    expect(headline).toBe('java.net.UnknownHostException: db.internal');
    expect(lines).toContain('\tat shop.Db.open(Db.java:21)');
    expect(lines.join()).not.toContain('InetAddress');
  });

  test('Rust: the message after the place', () => {
    expect(
      excerpt("thread 'main' panicked at src/main.rs:2:5:", 'no queue', 'note: run with `RUST_BACKTRACE=1`'),
    ).toEqual({
      headline: 'no queue',
      lines: ["thread 'main' panicked at src/main.rs:2:5:", 'no queue'],
    });
  });
});

describe('structured logs', () => {
  const json = (fields: object) => JSON.stringify(fields);
  test.each<[string, object, string]>([
    [
      'pino',
      {
        level: 60,
        msg: 'startup failed',
        err: { message: 'no queue', stack: 'Error: no queue\n    at run (/app/a.js:1:1)' },
      },
      'startup failed: no queue',
    ],
    [
      'bunyan',
      { name: 'api', level: 50, msg: 'no queue', err: { message: 'no queue', stack: 'Error: no queue' } },
      'no queue',
    ],
    ['winston', { level: 'error', message: 'no queue', stack: 'Error: no queue' }, 'no queue'],
    ['zap', { level: 'fatal', msg: 'cannot start', error: 'no queue' }, 'cannot start: no queue'],
    ['Google Cloud', { severity: 'CRITICAL', message: 'no queue' }, 'no queue'],
    ['structlog', { level: 'critical', event: 'no queue' }, 'no queue'],
  ])('%s: the message of the last line with the worst level', (_, fields, headline) => {
    const shown = excerpt(
      json({ level: 30, msg: 'starting' }),
      json(fields),
      json({ level: 30, msg: 'closing' }),
      'bye',
    );
    expect(shown.headline).toBe(headline);
    expect(shown.lines[0]).toBe(headline);
  });

  test('only own frames of the stack are shown', () => {
    const stack =
      'Error: no queue\n    at run (/app/a.js:1:1)\n    at next (/app/node_modules/x/b.js:2:2)\n    at node:internal/process:3:3';
    expect(excerpt(json({ level: 60, msg: 'no queue', err: { message: 'no queue', stack } })).lines).toEqual([
      'no queue',
      '    at run (/app/a.js:1:1)',
    ]);
  });
});

describe('plain lines', () => {
  test('a fatal line wins over later lines of the shutdown', () => {
    const noise = Array.from({ length: 50 }, (_, index) => `flushing buffer ${index}`);
    expect(excerpt('connecting', 'FATAL: licence expired', ...noise, 'error while closing')).toEqual({
      headline: 'FATAL: licence expired',
      lines: ['FATAL: licence expired'],
    });
  });

  test('otherwise the last line with a word for an error', () => {
    expect(excerpt('cannot read cache', 'no database, giving up', 'shutting down').headline).toBe(
      'no database, giving up',
    );
  });

  test('a log without an error shows its last lines, and no headline', () => {
    expect(excerpt('one', 'two')).toEqual({ headline: undefined, lines: ['one', 'two'] });
    expect(excerpt()).toEqual({ headline: undefined, lines: [] });
  });

  test('no excerpt is longer than twelve lines, and no line is endless', () => {
    const { headline, lines } = excerpt(
      `Error: ${'x'.repeat(5000)}`,
      ...Array.from({ length: 40 }, (_, i) => `    at f${i} (/app/a.js:${i}:1)`),
    );
    expect(headline?.length).toBeLessThanOrEqual(200);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.every((line) => line.length <= 300)).toBe(true);
  });
});
