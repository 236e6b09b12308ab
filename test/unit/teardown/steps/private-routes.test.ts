// The removal of a private route table: the calls that it makes in each case.
import { privateRoutes } from '../../../../teardown/steps/private-routes.ts';
import { network } from '../../network.ts';
import { removeContextOf } from '../../step-harness.ts';
import { testRouteTableRemoval } from './route-table-cases.ts';

testRouteTableRemoval(
  network().privateRoutes['private-1'],
  { routeTableId: 'rtb-2', subnets: ['subnet-c'] },
  (table) => privateRoutes.remove(removeContextOf({ noun: 'privateRoutes', key: 'private-1' }, table)),
);
