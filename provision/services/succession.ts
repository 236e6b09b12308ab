/** Decides how a service is replaced by its successor without interrupting requests. Pure. */
import type { Replacement } from '../../lib/model/change.ts';
import type { Service } from '../../lib/config/config.ts';
import type { Survey } from '../../lib/look/found.ts';
import { isFormerServiceKey, type FoundService } from '../../lib/look/services.ts';
import { configuredServiceName } from '../../lib/derive/names.ts';

/** Whether the rule of any container still sends requests to a target group other than the desired one. */
export const isSwitchingTraffic = ({ containers }: Service, { rules, targetGroups }: Survey): boolean =>
  containers.some(({ key }) => {
    const serving = rules.get(key)?.targetGroupArn ?? '';
    return serving !== '' && serving !== targetGroups.get(key)?.targetGroupArn;
  });

/** Returns the replacement of a former service (see `Names.service`). Returns undefined for any other service. */
export const replacementFor = ({ serviceName }: FoundService, key: string): Replacement | undefined =>
  isFormerServiceKey(key)
    ? {
        key: configuredServiceName(serviceName),
        reason: 'no task can be healthy in target groups for HTTP and for HTTPS at the same time',
      }
    : undefined;
