/** For tests of paths: the dependencies of five nodes. */
export const needs = {
  vpc: [],
  subnet: ['vpc'],
  nat: ['subnet'],
  balancer: ['subnet'],
  service: ['nat', 'balancer'],
};
