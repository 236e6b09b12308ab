// The removal of a public route table: the calls that it makes in each case.
import { publicRoutes } from '../../../../teardown/steps/public-routes.ts';
import { network } from '../../network.ts';
import { removeContextOf } from '../../step-harness.ts';
import { testRouteTableRemoval } from './route-table-cases.ts';

testRouteTableRemoval(
  network().publicRoutes[''],
  { routeTableId: 'rtb-1', subnets: ['subnet-a', 'subnet-b'] },
  (table) => publicRoutes.remove(removeContextOf({ noun: 'publicRoutes' }, table)),
);
