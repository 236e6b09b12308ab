/** Task counts that Application Auto Scaling controls or may control: events about them, and the counts to use. Pure. */
import type { Config, Service } from '../../lib/config/config.ts';
import type { Survey } from '../../lib/look/found.ts';
import { formerServiceKey, isAutoScaled } from '../../lib/look/services.ts';
import type { Event } from '../../lib/model/report.ts';

/**
 * Returns an event for each count that differs from the configuration but is not corrected by the plan. Returns a warning for
 * each replaced service that loses its Application Auto Scaling range.
 */
export function countEvents({ services }: Config, found: Survey): Event[] {
  return services.flatMap((desired): Event[] => {
    const { name, count } = desired;
    const service = found.services.get(name);
    const firstCount = initialCount(desired, found);
    if (!service && firstCount !== count)
      return [
        {
          type: 'warning',
          text: `${name} is replaced, and its Application Auto Scaling range is lost: the new service starts with ${firstCount} tasks, and the next provision sets ${count} unless the new service has a range`,
        },
      ];
    if (!service?.scaling) return [];
    const { scaling, desiredCount } = service;
    const difference = `the count of ${name} is ${desiredCount}, not ${count}`;
    return 'unknown' in scaling
      ? [
          {
            type: 'warning',
            text: `${difference}; it is unknown whether Application Auto Scaling set it: ${scaling.unknown}`,
          },
        ]
      : [
          {
            type: 'note',
            text: `${difference}: Application Auto Scaling controls it, from ${scaling.min} to ${scaling.max}`,
          },
        ];
  });
}

/**
 * Returns the count that a service starts with: a replacement has to handle the load of its predecessor from the start.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
 */
export function initialCount({ name, count }: Service, found: Survey): number {
  const former = found.services.get(formerServiceKey(name));
  return former && isAutoScaled(former) ? former.desiredCount : count;
}

/** Returns the configuration with the counts that Application Auto Scaling has set. */
export const withAutoScaledCounts = (config: Config, found: Survey): Config => ({
  ...config,
  services: config.services.map((service) => {
    const existing = found.services.get(service.name);
    return existing && isAutoScaled(existing) ? { ...service, count: existing.desiredCount } : service;
  }),
});
