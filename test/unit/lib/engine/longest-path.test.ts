// The longest path through a graph.
import { expect, test } from '@jest/globals';
import { longestPath } from '../../../../lib/engine/longest-path.ts';
import { needs } from '../../small-graph.ts';

test('the longest path adds the durations of nodes in sequence, but not of concurrent nodes', () => {
  const path = longestPath(needs, { nat: 110, balancer: 150, service: 30, vpc: 1 });
  expect(path).toEqual({ ms: 181, nodes: ['vpc', 'subnet', 'balancer', 'service'] });
});

test('nodes without a duration at the end of the longest path are left out', () => {
  expect(longestPath(needs, { nat: 110 })).toEqual({ ms: 110, nodes: ['vpc', 'subnet', 'nat'] });
  expect(longestPath({}, {})).toEqual({ ms: 0, nodes: [] });
});
