/** Counts that Application Auto Scaling decides, or may have decided: what a run says of them, and goes by. Pure. */
import type { Config, Service } from '../../lib/config/config.ts';
import type { Survey } from '../../lib/look/found.ts';
import { formerKey, isAutoScaled } from '../../lib/look/services.ts';
import type { Event } from '../../lib/model/report.ts';

/** What a user should know: the plan shows no change of a count that is not as configured, or one that may be wrong. */
export function countEvents({ services }: Config, found: Survey): Event[] {
  return services.flatMap((wanted): Event[] => {
    const { name, count } = wanted;
    const service = found.services.get(name);
    const first = initialCount(wanted, found);
    if (!service && first !== count)
      return [
        {
          type: 'warning',
          text: `${name} is replaced, and the range that Application Auto Scaling has for it goes: it begins with ${first} tasks, and the next provision makes that ${count} unless the new service has a range`,
        },
      ];
    if (!service?.scaling) return [];
    const { scaling, desiredCount } = service;
    const differs = `the count of ${name} is ${desiredCount}, not ${count}`;
    return 'unknown' in scaling
      ? [
          {
            type: 'warning',
            text: `${differs}; whether Application Auto Scaling made it so is not known: ${scaling.unknown}`,
          },
        ]
      : [
          {
            type: 'note',
            text: `${differs}: Application Auto Scaling decides, from ${scaling.min} to ${scaling.max}`,
          },
        ];
  });
}

/**
 * What a service begins with: one that takes the place of another has the same to do at once.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
 */
export function initialCount({ name, count }: Service, found: Survey): number {
  const former = found.services.get(formerKey(name));
  return former && isAutoScaled(former) ? former.desiredCount : count;
}

/** The configuration with the counts that Application Auto Scaling has decided on. */
export const withAutoScaledCounts = (config: Config, found: Survey): Config => ({
  ...config,
  services: config.services.map((service) => {
    const there = found.services.get(service.name);
    return there && isAutoScaled(there) ? { ...service, count: there.desiredCount } : service;
  }),
});
