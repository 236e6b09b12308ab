/** Counts that Application Auto Scaling decides, or may have decided: what a run says of them, and goes by. Pure. */
import type { Config } from '../lib/config/config.ts';
import type { Survey } from '../lib/look/found.ts';
import { isScaled } from '../lib/look/services.ts';
import type { Event } from '../lib/report.ts';

/** What a user should know: the plan shows no change of a count that is not as configured, or one that may be wrong. */
export function countEvents({ services }: Config, found: Survey): Event[] {
  return services.flatMap(({ name, count }): Event[] => {
    const service = found.services.get(name);
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
            text: `${differs}: Application Auto Scaling decides, from ${scaling.least} to ${scaling.most}`,
          },
        ];
  });
}

/** The configuration with the counts that Application Auto Scaling has decided on. */
export const scaled = (config: Config, found: Survey): Config => ({
  ...config,
  services: config.services.map((service) => {
    const there = found.services.get(service.name);
    return there && isScaled(there) ? { ...service, count: there.desiredCount } : service;
  }),
});
