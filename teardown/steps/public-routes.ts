/** Removes the public route table. */
import { removeRouteTable } from '../route-tables.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const publicRoutes: Removal<'publicRoutes'> = { remove: removeRouteTable };
