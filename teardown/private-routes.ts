/** Removes a private route table. */
import { removeRouteTable } from './remove-route-table.ts';
import type { Removal } from '../lib/step.ts';

export const privateRoutes: Removal<'privateRoutes'> = { remove: removeRouteTable };
