/** The sandbox's Route 53: all its operations and events. */
import type { Events } from '../../world/region.ts';
import { changeEvents, changeOperations } from './changes.ts';
import { recordSetOperations } from './record-sets.ts';
import { tagOperations } from './tags.ts';
import { zoneListOperations } from './zone-lists.ts';
import { zoneOperations } from './zones.ts';

export const route53Operations = {
  ...zoneOperations,
  ...zoneListOperations,
  ...recordSetOperations,
  ...changeOperations,
  ...tagOperations,
};
export const route53Events: Events = changeEvents;
