/** The ARNs of Elastic Load Balancing and their parts. */
import type { Region } from '../../world/region.ts';

/** Returns the sixteen digits that end an ARN. */
export const digits = (region: Region): string => region.id('', 16).slice(1);

/** `arn:aws:elasticloadbalancing:<region>:<account>:<resource>`. */
export const elbArn = (region: Region, resource: string): string =>
  region.arn('elasticloadbalancing', resource);

/** The part after the kind in the ARN of a load balancer, a listener or a rule: `app/web/50dc6c495c0c9188/…`. */
export const pathOf = (arn: string): string => arn.slice(arn.indexOf('/') + 1);
