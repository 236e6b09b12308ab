/** Removes the public route table. */
import { removeRouteTable } from './remove-route-table.ts';
import type { Removal } from '../lib/step.ts';

export const publicRoutes: Removal<'publicRoutes'> = { remove: removeRouteTable };
