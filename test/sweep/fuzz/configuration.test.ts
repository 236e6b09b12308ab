// Any value that a configuration exports leads to a valid configuration or to a problem that lists the mistakes.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { serialize, deserialize } from '../../../lib/config/serialize.js';
import { validStack, read } from '../../unit/lib/config/support.ts';
import { arbitraryValue, reportCount, applyEdits, arbitraryEdits, isEditable, RUNS } from './mutations.ts';
import { expectProblem } from './expect-problem.ts';

reportCount('configurations', 3 * RUNS);

function expectParsedOrRefused(input: unknown): void {
  try {
    read(input);
  } catch (error) {
    expectProblem(error, ['CONFIG_INVALID']);
  }
}

/** Passes a value through the serialization between processes; returns undefined when a getter throws. */
function serializeAndDeserialize(input: unknown): { value: unknown } | undefined {
  try {
    return { value: deserialize(structuredClone(serialize(input))) };
  } catch (error) {
    expect(String(error)).toContain('by the test');
    return undefined;
  }
}

test('a stack with random edits is either parsed or refused with a problem', () => {
  fc.assert(
    fc.property(arbitraryEdits(arbitraryValue), (edits) => {
      const result = serializeAndDeserialize(applyEdits(validStack(), edits));
      if (result) expectParsedOrRefused(result.value);
    }),
    { numRuns: RUNS },
  );
});

test('an arbitrary value is either parsed or refused with a problem', () => {
  fc.assert(
    fc.property(arbitraryValue, (input) => {
      const result = serializeAndDeserialize(input);
      if (result) expectParsedOrRefused(result.value);
    }),
    { numRuns: RUNS },
  );
});

test('a stack with getters that throw is either parsed or refused with a problem', () => {
  const editsAndGetters = fc.record({
    edits: arbitraryEdits(arbitraryValue),
    getters: fc.array(fc.nat(50), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(editsAndGetters, ({ edits, getters }) => {
      const input = applyEdits(validStack(), edits);
      for (const index of getters) {
        if (!isEditable(input) || Object.isFrozen(input)) continue;
        const keys = Object.keys(input);
        const key = keys[index % keys.length] ?? 'name';
        Object.defineProperty(input, key, {
          enumerable: true,
          configurable: true,
          get() {
            throw new TypeError('by the test');
          },
        });
      }
      const result = serializeAndDeserialize(input);
      if (result) expectParsedOrRefused(result.value);
    }),
    { numRuns: RUNS },
  );
});

test('the inputs of these tests do not pollute Object.prototype', () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['inherited']).toBeUndefined();
});
