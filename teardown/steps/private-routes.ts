/** Removes a private route table. */
import { removeRouteTable } from '../route-tables.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const privateRoutes: Removal<'privateRoutes'> = { remove: removeRouteTable };
