// The command reads one log group, with as few calls as possible, and explains why no lines arrive.
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { localWaits } from '../../../lib/engine/waits.ts';
import type { Output } from '../../../lib/run/output.ts';
import type { Options } from '../../../lib/run/options.ts';
import { logs } from '../../../logs/run.ts';
import { defaultOptions, fileOf } from '../engine-harness.ts';
import { fakeSandbox } from '../lib/run/fake-sandbox.ts';
import { ACCOUNT, awsError, config, mocks, sentCalls, testClock } from '../step-harness.ts';

/** The time of the test clock. */
const NOW = Date.UTC(2026, 0, 1);
const STREAM = 'web/app/0123456789abcdef';
const logEvent = (at: number, message: string, logStreamName = STREAM) => ({
  ...{ logStreamName, timestamp: at, message, eventId: `${at}-${message}` },
});

/** Runs the command. @param closeAfter the number of writes after which the output is closed */
async function runLogs(options: Partial<Options> = {}, closeAfter = 1000) {
  const closed = new AbortController();
  const written: string[] = [];
  const reported: string[] = [];
  let watches = 0;
  const output: Output = {
    colour: false,
    isTerminal: false,
    closed: closed.signal,
    write: async (text) => {
      written.push(String(text));
      if (written.length >= closeAfter) closed.abort();
    },
    watch: () => {
      watches += 1;
      return () => (watches -= 1);
    },
  };
  const result = logs(
    {
      options: { ...defaultOptions, ...options },
      report: ({ text }) => reported.push(text),
      signal: new AbortController().signal,
      interactive: false,
      output,
    },
    {
      openSandbox: async () => fakeSandbox({ folder: fileOf('home/sandbox') }).sandbox,
      config: Promise.resolve(config({ target: 'sandbox' })),
      home: fileOf('home'),
      time: { clock: testClock(), waits: localWaits },
    },
  );
  const settled = await result.then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  );
  expect(watches).toBe(0);
  return { ...settled, text: written.join(''), reported };
}

beforeEach(() => {
  mocks.sts.on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT });
});

describe('logs', () => {
  test('needs one call for the newest lines, and leaves out streams of others', async () => {
    mocks.logs.on(FilterLogEventsCommand).resolves({
      events: [
        logEvent(NOW - 2000, 'one\n'),
        logEvent(NOW - 1000, 'foreign', 'other'),
        logEvent(NOW - 1000, 'two'),
      ],
    });
    const { value, text } = await runLogs();
    expect(value).toMatchObject({ exitCode: 0, isPrinted: true });
    expect(text).toMatch(/^\S+ \S+ app +01234567 │ one\n\S+ \S+ app +01234567 │ two\n$/);
    expect(sentCalls().filter(({ command }) => command !== 'GetCallerIdentity')).toEqual([
      {
        command: 'FilterLogEvents',
        input: { logGroupName: '/slipway/shop-dev', startTime: NOW - 600_000 },
      },
    ]);
  });

  test('ends the search for resources before it follows, so that a silent log is no long search', async () => {
    mocks.logs.on(FilterLogEventsCommand).resolves({ events: [logEvent(NOW, 'one')] });
    const { reported } = await runLogs({ follow: true }, 1);
    expect(reported.at(0)).toBe('looking for existing resources');
    expect(reported).toContain('');
  });

  test('finds lines by any part of them, and reports that there are no such lines', async () => {
    mocks.logs
      .on(FilterLogEventsCommand)
      .resolves({ events: [logEvent(NOW, 'Timeout'), logEvent(NOW, 'timeout')] });
    expect((await runLogs({ grep: 'imeout', since: '1h' })).text.split('\n')).toHaveLength(3);
    expect((await runLogs({ grep: 'Timeout', since: '1h' })).text.split('\n')).toHaveLength(2);
    expect((await runLogs({ grep: 'none', since: '1h' })).reported).toContain('there are no such lines');
  });

  test('returns a document, and prints nothing else', async () => {
    mocks.logs.on(FilterLogEventsCommand).resolves({ events: [logEvent(NOW, 'one')] });
    const { value, text } = await runLogs({ json: true });
    expect(text).toBe('');
    expect(value).toMatchObject({
      isPrinted: false,
      json: {
        stack: 'shop-dev',
        lines: [{ at: '2026-01-01T00:00:00.000Z', service: 'web', container: 'app', message: 'one' }],
        omitted: 0,
      },
    });
  });

  test('leaves the oldest lines out of a document that would be too large', async () => {
    const events = Array.from({ length: 60_000 }, (_, index) => logEvent(NOW, String(index)));
    mocks.logs
      .on(FilterLogEventsCommand)
      .resolvesOnce({ events, nextToken: 'next' })
      .resolvesOnce({ events });
    const { value } = await runLogs({ json: true, since: '1h' });
    expect(value?.json.lines).toHaveLength(100_000);
    expect(value?.json.omitted).toBe(20_000);
  });

  test.each([{}, { since: '1h' }, { follow: true, since: '1h' }])(
    'has one problem for a missing log group: %j',
    async (options) => {
      mocks.logs.on(FilterLogEventsCommand).rejects(awsError('ResourceNotFoundException'));
      expect((await runLogs(options)).error).toMatchObject({
        code: 'NO_LOG',
        what: 'There is no log of shop-dev.',
      });
    },
  );

  test('refuses an unknown container before any call', async () => {
    expect((await runLogs({ container: 'wbe' })).error).toMatchObject({ code: 'ARGUMENTS' });
    expect(sentCalls().filter(({ command }) => command === 'FilterLogEvents')).toEqual([]);
  });

  test('names the command that continues after the credentials have expired', async () => {
    mocks.logs
      .on(FilterLogEventsCommand)
      .resolvesOnce({ events: [logEvent(NOW - 1500, 'one')] })
      .rejects(awsError('ExpiredTokenException', 'The token has expired.'));
    const { error, text } = await runLogs({ follow: true, container: 'web', grep: 'o' });
    expect(text).toContain('one');
    expect(error).toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      why: 'The token has expired.',
      fix: [
        expect.anything(),
        'npm run logs -- web --follow --since 2025-12-31T23:59:58.500Z --grep o, to continue with the lines after the last one',
      ],
    });
  });

  test('ends when the reader closes the output', async () => {
    let count = 0;
    mocks.logs
      .on(FilterLogEventsCommand)
      .callsFake(() => ({ events: [logEvent(NOW + (count += 1), String(count))] }));
    const { value, text } = await runLogs({ follow: true, json: true }, 3);
    expect(value).toMatchObject({ exitCode: 0, isPrinted: true });
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { message: string }).message),
    ).toEqual(['1', '2', '3']);
  });
});
