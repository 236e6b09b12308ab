/** Checks the alarms that can roll a deployment back: they must exist, and should not have gone off already. Pure. */
import type { Config } from '../lib/config/config.ts';
import { pathOfService } from '../lib/config/finding.ts';
import type { Survey } from '../lib/look/found.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import type { Event } from '../lib/model/report.ts';

/** Lists the alarms of all services, each with its service. */
const alarmsOf = ({ services }: Config) =>
  services.flatMap((service) => service.deploy.alarms.map((name) => ({ service, name })));

/**
 * Checks that every alarm exists. ECS does not say what it does with a name that no alarm has.
 * @throws ALARM with every missing alarm
 */
export function checkAlarms(config: Config, { alarms }: Pick<Survey, 'alarms'>): void {
  if (!alarms) return;
  const missing = alarmsOf(config).filter(({ name }) => !alarms.has(name));
  if (missing.length === 0) return;
  throw problem('ALARM', {
    what:
      missing.length === 1 ? 'An alarm in the configuration does not exist.' : 'Some alarms do not exist.',
    why: missing
      .map(
        ({ service, name }) =>
          `${pathOfService(service, 'deploy', 'alarms').map(String).join('.')}: CloudWatch has no alarm called ${name} in ${config.region}.`,
      )
      .join('\n'),
    now: NOTHING_CHANGED,
    fix: [
      'Correct the names in slipway.config.ts,',
      'or create the alarms first, then run the command again.',
    ],
  });
}

/**
 * Returns a warning for each alarm that has gone off. ECS then ignores the alarms of the service for the whole deployment.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export const alarmEvents = (config: Config, { alarms }: Pick<Survey, 'alarms'>): Event[] =>
  alarmsOf(config)
    .filter(({ name }) => alarms?.get(name)?.state === 'ALARM')
    .map(({ service, name }) => ({
      type: 'warning',
      text: `the alarm ${name} of ${service.name} has already gone off: while it is in this state, ECS starts deployments without watching alarms`,
    }));
