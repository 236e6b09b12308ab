// Lines within the width of a terminal.
import { describe, expect, test } from '@jest/globals';
import { fitted, lineWidth, wrapped, wrappedLines } from '../../../../../lib/run/plan/wrap.ts';

describe('text', () => {
  test('is broken at spaces, and further lines are indented', () => {
    expect(wrapped('one two three four', 12, '  + ', 4)).toEqual(['  + one two', '    three', '    four']);
    expect(wrapped('one', 12, '  + ', 4)).toEqual(['  + one']);
  });

  test('never exceeds the width: a long word loses its middle', () => {
    const lines = wrapped(`see ${'abcdefghij'.repeat(4)} now`, 20, '  ', 4);
    expect(lines).toEqual(['  see', '    abcdefgh…defghij', '    now']);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(20);
  });

  test('keeps the spaces at its start', () => {
    expect(wrappedLines(['  one two three'], 20)).toEqual(['  one two three']);
    expect(wrappedLines(['  one two three four five'], 20)).toEqual(['  one two three four', '    five']);
  });

  test('has 100 columns without a terminal, and at least 20', () => {
    expect([lineWidth(undefined), lineWidth(80), lineWidth(5)]).toEqual([100, 80, 20]);
  });
});

describe('two values', () => {
  test('stay as they are if they fit', () => {
    expect(fitted('1', '2', 10)).toEqual(['1', '2']);
  });

  test('lose their middle if they do not; a short one leaves its room to the other', () => {
    expect(fitted('abcdefghijklmnop', 'qrstuvwxyzabcdef', 16)).toEqual(['abcd…nop', 'qrst…def']);
    expect(fitted('1', 'abcdefghijklmnop', 11)).toEqual(['1', 'abcde…lmnop'.slice(0, 5) + '…' + 'mnop']);
  });

  test('show where they differ, if that is in the middle', () => {
    const [from, to] = fitted(
      `${'x'.repeat(40)}A${'y'.repeat(40)}`,
      `${'x'.repeat(40)}B${'y'.repeat(40)}`,
      32,
    );
    expect(from).toContain('A');
    expect(to).toContain('B');
    expect(from.length + to.length).toBeLessThanOrEqual(32);
  });
});
