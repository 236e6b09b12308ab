/** The steps of a small stack, for tests of the progress. */
import { needs } from '../../../../../lib/model/architecture.ts';
import type { Event, PlannedStep, ResourceStatus } from '../../../../../lib/model/report.ts';

export const step = (noun: PlannedStep['noun'], usualMs: number, key = ''): PlannedStep => ({
  ...{ noun, key, usualMs },
  verb: 'create',
});

/** The event before the first step: a NAT gateway (100 s) before the routes (1 s) and a service (40 s); a load balancer (1 s). */
export const STEPS: Event = {
  type: 'steps',
  text: '4 steps',
  stages: [
    {
      after: needs,
      steps: [
        step('loadBalancer', 1_000),
        step('natGateway', 100_000),
        step('privateRoutes', 1_000, 'private-1'),
        step('services', 40_000, 'shop'),
      ],
    },
  ],
};

export const resource = (
  noun: PlannedStep['noun'],
  status: ResourceStatus,
  text = 'id-1',
  { key = '', elapsed }: { key?: string; elapsed?: number } = {},
): Event => ({ type: 'resource', noun, key, status, text, ...(elapsed !== undefined && { elapsed }) });
