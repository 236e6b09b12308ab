// The critical path of a run, and the minimum durations that follow from AWS's durations.
import { expect, test } from '@jest/globals';
import { provisionMinimum, teardownMinimum, updateMinimum } from '../../../bench/minimum-times.ts';
import { criticalPath } from '../../../lib/engine/critical-path.ts';
import { durations } from '../../../sandbox/world/durations.ts';
import { needs } from '../small-graph.ts';

const span = (node: string, start: number, end: number) => ({ node, label: node, start, end });

test('the critical path is traced back from the last span: each span is preceded by its dependency that ended last', () => {
  const spans = [
    span('vpc', 0, 1),
    span('subnet', 1, 2),
    span('nat', 2, 100),
    span('balancer', 2, 3),
    span('service', 100, 130),
  ];
  expect(criticalPath(spans, needs).map(({ node }) => node)).toEqual(['vpc', 'subnet', 'nat', 'service']);
});

test('if a node has several spans, the critical path contains the last one that ended before the dependent span', () => {
  const slow = span('subnet', 1, 5);
  const spans = [span('vpc', 0, 1), span('subnet', 1, 2), slow, span('nat', 5, 9), span('balancer', 5, 20)];
  expect(criticalPath(spans.slice(0, 4), needs)).toEqual([spans[0], slow, spans[3]]);
  expect(criticalPath([...spans.slice(0, 4), span('subnet', 8, 30)], needs).at(-1)?.end).toBe(30);
});

test('a provision takes at least the time for the load balancer, the deployment and DNS', () => {
  const { ms, nodes } = provisionMinimum();
  expect(nodes.slice(-3)).toEqual(['load balancer opens', 'deployment completes', 'record']);
  expect(ms).toBe(
    durations.loadBalancerCreate + durations.taskCreate + durations.deploymentSettle + durations.dnsChange,
  );
});

test('an update takes at least the time to start a task and drain the old one; a teardown takes at least the time to delete the NAT gateway', () => {
  const delays = { deregistration: 10_000, healthCheckInterval: 5_000 };
  expect(updateMinimum(delays).ms - updateMinimum({ ...delays, deregistration: 0 }).ms).toBe(10_000);
  expect(teardownMinimum(delays).nodes).toEqual(
    expect.arrayContaining(['services', 'natGateway', 'elasticIp']),
  );
});
