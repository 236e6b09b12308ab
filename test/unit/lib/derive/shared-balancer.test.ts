// A load balancer of someone else: the nouns that the stack then does not own, and the names that it uses instead.
import { expect, test } from '@jest/globals';
import { namesOf } from '../../../../lib/derive/names.ts';
import {
  balancerNameOf,
  hasOwnBalancer,
  nounsOfOthers,
  taskSubnetKeys,
} from '../../../../lib/derive/shared-balancer.ts';
import { BALANCER_ARN, stackOfTenant } from '../../others-balancer.ts';
import { config } from '../../step-harness.ts';

test('the network, the load balancer and its listeners belong to others, and nothing that the tasks need', () => {
  expect(nounsOfOthers(config())).toEqual([]);
  const others = nounsOfOthers(stackOfTenant());
  expect(others).toEqual(expect.arrayContaining(['vpc', 'subnets', 'loadBalancer', 'listener', 'logBucket']));
  for (const noun of ['securityGroups', 'targetGroups', 'rules', 'services', 'roles', 'logGroup'] as const)
    expect(others).not.toContain(noun);
});

test('only a stack with a route and without loadBalancer has its own load balancer', () => {
  expect(hasOwnBalancer(config())).toBe(true);
  expect(hasOwnBalancer(config({ services: [] }))).toBe(false);
  expect(hasOwnBalancer(stackOfTenant())).toBe(false);
});

test('tasks run in the subnets of the configuration, or in the private ones of the stack', () => {
  expect(taskSubnetKeys(config())).toEqual(['private-1', 'private-2']);
  expect(taskSubnetKeys(stackOfTenant({ subnets: ['subnet-11111111'] }))).toEqual(['private-1']);
});

test('the name of the load balancer is in the ARN, whichever of the two ARNs is given', () => {
  const names = namesOf(config());
  expect(balancerNameOf(config(), names)).toBe(names.loadBalancer);
  expect(balancerNameOf(stackOfTenant(), names)).toBe('theirs');
  expect(balancerNameOf(stackOfTenant({ listenerArn: undefined, arn: BALANCER_ARN }), names)).toBe('theirs');
});
