/** The sandbox's Certificate Manager: all its operations and events. */
import type { Events } from '../../world/region.ts';
import { certificateOperations } from './certificates.ts';
import { importOperations } from './import.ts';
import { issueEvents } from './issue.ts';
import { requestOperations } from './request.ts';
import { tagOperations } from './tags.ts';
import { validationEvents } from './validate.ts';

export const acmOperations = {
  ...requestOperations,
  ...certificateOperations,
  ...importOperations,
  ...tagOperations,
};
export const acmEvents: Events = { ...validationEvents, ...issueEvents };
