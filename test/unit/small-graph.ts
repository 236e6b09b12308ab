/** For tests of the longest and the critical path: a graph of five nodes, each with the nodes that it needs. */
export const needs = {
  vpc: [],
  subnet: ['vpc'],
  nat: ['subnet'],
  balancer: ['subnet'],
  service: ['nat', 'balancer'],
};
