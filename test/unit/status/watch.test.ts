// The watch shows a condition again when it has changed, and goes on while AWS does not answer.
import { describe, expect, test } from '@jest/globals';
import type { Output } from '../../../lib/run/output.ts';
import type { StackLook } from '../../../status/look.ts';
import { watchStack } from '../../../status/watch.ts';
import { awsError, testClock } from '../step-harness.ts';
import { COST, RESULT } from './result.ts';

const look = (resources: number): StackLook =>
  ({ result: { ...RESULT, resources }, cost: COST }) as unknown as StackLook;

/** Watches a stack whose looks return these values or errors, until there are no more. */
async function watchAll(
  looks: readonly (StackLook | Error)[],
  { json = false, isTerminal = false, closeAfter = Infinity } = {},
) {
  const ended = new AbortController();
  const written: string[] = [];
  const drawn: string[] = [];
  const waits: string[] = [];
  const remaining = [...looks];
  const output: Output = {
    ...{ colour: false, isTerminal, closed: ended.signal, watch: () => () => undefined },
    write: async (text) => {
      written.push(String(text));
      if (written.length >= closeAfter) ended.abort();
    },
    redraw: isTerminal ? async (text) => void drawn.push(text) : undefined,
  };
  const last = await watchStack({
    look: async () => {
      const next = remaining.shift();
      if (remaining.length === 0) ended.abort();
      if (next instanceof Error) throw next;
      if (!next) throw new Error('There are no more looks');
      return next;
    },
    everyMs: 1500,
    ...{ clock: testClock(), signal: ended.signal, output, json },
    onWait: (text) => waits.push(text),
  });
  return { last, written, drawn, waits };
}

describe('a watch', () => {
  test('prints a condition only if it differs from the last one', async () => {
    const { written, last } = await watchAll([look(30), look(30), look(29), look(29)]);
    expect(written).toHaveLength(2);
    expect(written[0]).toMatch(/^\d\d:\d\d:\d\d {2}shop-dev\n\nshop\.example\.com\n/);
    expect(last?.result.resources).toBe(29);
  });

  test('prints lines of JSON for scripts', async () => {
    const { written } = await watchAll([look(30), look(29)], { json: true, isTerminal: true });
    expect(written.map((line) => (JSON.parse(line) as { resources: number }).resources)).toEqual([30, 29]);
  });

  test('draws every look in place on a terminal, since times pass', async () => {
    const { written, drawn } = await watchAll([look(30), look(30)], { isTerminal: true });
    expect(written).toEqual([]);
    expect(drawn).toHaveLength(2);
  });

  test('says once that AWS does not answer, and goes on', async () => {
    const throttled = awsError('ThrottlingException');
    const { written, waits } = await watchAll([look(30), throttled, throttled, look(29)]);
    expect(written).toHaveLength(2);
    expect(waits).toEqual([
      expect.stringMatching(/^the condition is not known, and the command tries again: /),
    ]);
  });

  test('ends with any other error', async () => {
    await expect(watchAll([look(30), awsError('ExpiredTokenException'), look(30)])).rejects.toMatchObject({
      name: 'ExpiredTokenException',
    });
  });

  test('ends when its output is closed', async () => {
    const { written } = await watchAll([look(1), look(2), look(3), look(4)], { closeAfter: 2 });
    expect(written).toHaveLength(2);
  });
});
