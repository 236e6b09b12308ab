/** Every noun of the architecture has a step and a removal in files under its name, and unit tests for both. */
import { describe, expect, test } from '@jest/globals';
import { nouns } from '../../lib/model/architecture.ts';
import { FILES, nameOf, text } from './files.ts';

const NOUNS = nouns.map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).sort();

/** The export that identifies the file of a noun. */
const ROOMS = [
  { room: 'provision/steps', part: /^export const \w+: Step<'/m },
  { room: 'teardown/steps', part: /^export const \w+: Removal<'/m },
] as const;

describe.each(ROOMS)('$room', ({ room, part }) => {
  test('the room has a file for every noun, under its name', () => {
    const files = FILES.filter((file) => file.startsWith(`${room}/`) && file.endsWith('.ts'));
    expect(files.filter((file) => part.test(text(file))).map(nameOf)).toEqual(NOUNS);
  });

  test('every noun has unit tests', () => {
    const tests = NOUNS.map((noun) => `test/unit/${room}/${noun}.test.ts`);
    expect(tests.filter((file) => !FILES.includes(file))).toEqual([]);
  });
});
