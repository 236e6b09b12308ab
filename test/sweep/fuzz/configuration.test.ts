// Whatever a configuration exports, it becomes a sound configuration or a problem that lists its mistakes.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { serialize, deserialize } from '../../../lib/config/serialize.js';
import { sound, read } from '../../unit/lib/config/support.ts';
import { anything, counted, edited, edits, isPlain, RUNS } from './mutations.ts';
import { expectProblem } from './expect-problem.ts';

counted('configurations', 3 * RUNS);

function expectSound(input: unknown): void {
  try {
    read(input);
  } catch (error) {
    expectProblem(error, ['CONFIG_INVALID']);
  }
}

/** As it comes out of the process that the file runs in; undefined when a getter of it throws. */
function carried(input: unknown): { value: unknown } | undefined {
  try {
    return { value: deserialize(structuredClone(serialize(input))) };
  } catch (error) {
    expect(String(error)).toContain('by the test');
    return undefined;
  }
}

test('a stack of which parts are anything', () => {
  fc.assert(
    fc.property(edits(anything), (changes) => {
      const out = carried(edited(sound(), changes));
      if (out) expectSound(out.value);
    }),
    { numRuns: RUNS },
  );
});

test('anything at all', () => {
  fc.assert(
    fc.property(anything, (input) => {
      const out = carried(input);
      if (out) expectSound(out.value);
    }),
    { numRuns: RUNS },
  );
});

test('a stack with getters, some of which throw', () => {
  const throwing = fc.record({ changes: edits(anything), getters: fc.array(fc.nat(50), { maxLength: 3 }) });
  fc.assert(
    fc.property(throwing, ({ changes, getters }) => {
      const input = edited(sound(), changes);
      for (const at of getters) {
        if (!isPlain(input) || Object.isFrozen(input)) continue;
        const keys = Object.keys(input);
        const key = keys[at % keys.length] ?? 'name';
        Object.defineProperty(input, key, {
          enumerable: true,
          configurable: true,
          get() {
            throw new TypeError('by the test');
          },
        });
      }
      const out = carried(input);
      if (out) expectSound(out.value);
    }),
    { numRuns: RUNS },
  );
});

test('objects have nothing in common that was not there before', () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['inherited']).toBeUndefined();
});
