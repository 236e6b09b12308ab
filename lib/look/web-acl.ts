/** Finds the web ACL of a load balancer, and the web ACL that the configuration names. Both belong to someone else. */
import { GetWebACLCommand, GetWebACLForResourceCommand } from '@aws-sdk/client-wafv2';
import { WEB_ACL_TAG, type Tags } from '../derive/tags.ts';
import type { LookContext } from './context.ts';
import { ifFound } from './if-found.ts';

/** Whether the web ACL of the configuration exists. */
export interface FoundWebAcl {
  readonly arn: string;
  readonly exists: boolean;
}

/** Looks for the web ACL that the configuration names; undefined if it names none. */
export async function lookWebAcl({ aws, config }: LookContext): Promise<FoundWebAcl | undefined> {
  const { waf: arn } = config;
  if (arn === undefined) return undefined;
  const [, Name, Id] = arn.split('/').slice(-3);
  const found = await ifFound(() => aws.wafv2(new GetWebACLCommand({ Name, Id, Scope: 'REGIONAL' })));
  return { arn, exists: found?.WebACL?.ARN === arn };
}

/**
 * Returns the ARN of the web ACL with which a load balancer is associated; undefined if it has none, or if no configuration of the
 * stack ever named one: then WAF is not asked.
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html
 */
export async function webAclArnOf(
  { aws, config }: LookContext,
  ResourceArn: string,
  tags: Tags,
): Promise<string | undefined> {
  if (config.waf === undefined && tags[WEB_ACL_TAG] === undefined) return undefined;
  const found = await ifFound(() => aws.wafv2(new GetWebACLForResourceCommand({ ResourceArn })));
  return found?.WebACL?.ARN;
}
