/** The ARNs of Elastic Load Balancing and their parts. */
import type { Region } from '../../world/region.ts';

/** Returns sixteen new hexadecimal digits for the end of an ARN. */
export const newHexDigits = (region: Region): string => region.id('', 16).slice(1);

/** Returns `arn:<partition>:elasticloadbalancing:<region>:<account>:<resource>`. */
export const elbArn = (region: Region, resource: string): string =>
  region.arn('elasticloadbalancing', resource);

/** Returns the part of a load balancer's, listener's or rule's ARN after the kind: `app/web/50dc6c495c0c9188/…`. */
export const pathOf = (arn: string): string => arn.slice(arn.indexOf('/') + 1);
