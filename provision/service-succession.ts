/** How a service follows the one before it while requests go on. Pure. */
import type { Change } from '../lib/change.ts';
import type { Service } from '../lib/config/config.ts';
import type { Survey } from '../lib/look/found.ts';
import { formerKey, isFormer } from '../lib/look/services.ts';

/** Whether requests still go to other target groups than those of the service. */
export const isTurning = ({ containers }: Service, { rules, targetGroups }: Survey): boolean =>
  containers.some(({ key }) => {
    const serving = rules.get(key)?.targetGroupArn ?? '';
    return serving !== '' && serving !== targetGroups.get(key)?.targetGroupArn;
  });

/** Why one ECS service takes the place of another, see `Names.service`. */
export function whyAnother({ verb, key }: Change, { services: found }: Survey): string | undefined {
  const former = found.get(formerKey(key));
  if (verb === 'create' && former)
    return `HTTPS begins or ends at a path, so ${former.serviceName} is replaced`;
  return verb === 'remove' && isFormer(key) ? 'another takes its place' : undefined;
}
