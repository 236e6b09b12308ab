/** How a service follows the one before it while requests go on. Pure. */
import type { Replacement } from '../../lib/model/change.ts';
import type { Service } from '../../lib/config/config.ts';
import type { Survey } from '../../lib/look/found.ts';
import { isFormer, type FoundService } from '../../lib/look/services.ts';
import { configuredServiceName } from '../../lib/derive/names.ts';

/** Whether requests still go to other target groups than those of the service. */
export const isSwitchingTraffic = ({ containers }: Service, { rules, targetGroups }: Survey): boolean =>
  containers.some(({ key }) => {
    const serving = rules.get(key)?.targetGroupArn ?? '';
    return serving !== '' && serving !== targetGroups.get(key)?.targetGroupArn;
  });

/** What takes the place of a service that must not become it, see `Names.service`. */
export const replacementFor = ({ serviceName }: FoundService, key: string): Replacement | undefined =>
  isFormer(key)
    ? {
        key: configuredServiceName(serviceName),
        reason: 'no task is healthy in target groups for HTTP and for HTTPS at once',
      }
    : undefined;
