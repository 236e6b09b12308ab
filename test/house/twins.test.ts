/** Every noun of the architecture has a file in both rooms, and unit tests for both. */
import { describe, expect, test } from '@jest/globals';
import { names } from '../../lib/architecture.ts';
import { FILES, nameOf } from './files.ts';

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const NOUNS = names.map(kebab);

/** The files that are about all nouns. */
const VERBS = {
  provision: ['main', 'provision', 'plan', 'apply', 'verify', 'url', 'settle', 'diagnose'],
  teardown: ['main', 'teardown', 'plan', 'remove', 'remove-route-table', 'confirm', 'leftovers'],
};

describe.each(['provision', 'teardown'] as const)('%s', (room) => {
  const files = FILES.filter((file) => file.startsWith(`${room}/`) && file.endsWith('.ts')).map(nameOf);

  test('has one file a noun, and no other beside those that are about all of them', () => {
    expect(files.filter((file) => !VERBS[room].includes(file)).sort()).toEqual([...NOUNS].sort());
  });

  test.each(NOUNS)('has unit tests for %s', (noun) => {
    expect(FILES).toContain(`test/unit/${room}/${noun}.test.ts`);
  });
});
