// The order of removals: the reverse of the architecture, with the additional dependencies that removals declare.
import { expect, test } from '@jest/globals';
import { checkGraph } from '../../../lib/engine/graph.ts';
import { architecture, nouns, type Noun } from '../../../lib/model/architecture.ts';
import { removalOrder, removals } from '../../../teardown/plan.ts';

test('every noun has a removal', () => {
  expect(Object.keys(removals).sort()).toEqual([...nouns].sort());
  for (const noun of nouns) expect(typeof removals[noun].remove).toBe('function');
});

test('a noun is removed after all nouns that need it', () => {
  const order = removalOrder();
  for (const noun of nouns) {
    for (const need of architecture[noun].needs as readonly Noun[]) expect(order[need]).toContain(noun);
  }
});

test('a noun waits only for the nouns that need it and for those that its removal names', () => {
  const order = removalOrder();
  for (const noun of nouns) {
    const needing = nouns.filter((other) => (architecture[other].needs as readonly Noun[]).includes(noun));
    expect([...order[noun]].sort()).toEqual([...needing, ...(removals[noun].after ?? [])].sort());
  }
  expect(nouns.filter((noun) => (removals[noun].after ?? []).length > 0)).not.toEqual([]);
});

test('the order has no cycle, and every caller receives its own copy', () => {
  expect(() => checkGraph(removalOrder())).not.toThrow();
  removalOrder().vpc.push('vpc');
  expect(removalOrder().vpc).not.toContain('vpc');
});
