// The architecture: the rules for every declaration, and the lists that are derived from it.
import { describe, expect, test } from '@jest/globals';
import * as fs from 'node:fs';
import {
  architecture,
  declarationOf,
  nounsDeletedWith,
  needs,
  nouns,
  nounsToTearDown,
  type Noun,
} from '../../../../lib/model/architecture.ts';
import { checkGraph } from '../../../../lib/engine/graph.ts';

describe('every noun', () => {
  test('is declared after the nouns that it needs, so that diffs see earlier changes', () => {
    for (const [index, noun] of nouns.entries()) {
      for (const need of needs[noun] as readonly Noun[]) {
        expect([noun, need, nouns.indexOf(need) < index]).toEqual([noun, need, true]);
      }
    }
    expect(() => checkGraph<Noun>(needs)).not.toThrow();
  });

  test.each(nouns)(
    '%s refers only to existing nouns, has no duplicate ids, and needs the noun with which it is deleted',
    (noun) => {
      const { deletedWith: parent, ids } = declarationOf(noun);
      expect(nouns).toEqual(expect.arrayContaining([...needs[noun]]));
      if (parent !== undefined) expect(needs[noun]).toContain(parent);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  test.each(nouns)('%s has its look in the file of its AWS service', (noun) => {
    const file = new URL(
      `../../../../lib/look/by-service/${architecture[noun].service}.ts`,
      `file://${__filename}`,
    );
    expect(fs.readFileSync(file, 'utf8')).toMatch(new RegExp(`as ${noun}\\b`));
  });
});

describe('the nouns that are deleted along with another noun', () => {
  test('include those that are deleted indirectly', () => {
    expect(nounsDeletedWith('loadBalancer')).toEqual(['listener', 'rules']);
    expect(nounsDeletedWith('listener')).toEqual(['rules']);
    expect(nounsDeletedWith('repositories')).toEqual(['images']);
    expect(nounsDeletedWith('vpc')).toEqual([]);
  });
});

describe('a teardown', () => {
  test("looks for all nouns except images and the account's service-linked role, in the order of the architecture", () => {
    expect(nouns.filter((noun) => !nounsToTearDown.includes(noun))).toEqual(['serviceLinkedRole', 'images']);
    expect(nounsToTearDown).toEqual(nouns.filter((noun) => nounsToTearDown.includes(noun)));
  });
});

test('only ids that AWS generates and never reuses prove ownership', () => {
  expect(nouns.filter((noun) => declarationOf(noun).uniqueId)).toEqual([
    'certificate',
    'loadBalancer',
    'targetGroups',
    'listener',
    'rules',
    // AWS never reuses the number of a revision, even after the revision is deleted.
    'taskDefinitions',
  ]);
});
