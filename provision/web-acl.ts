/** Checks the web ACL that the configuration names, and associates the load balancer with it. */
import { AssociateWebACLCommand, DisassociateWebACLCommand } from '@aws-sdk/client-wafv2';
import { WEB_ACL_TAG } from '../lib/derive/tags.ts';
import { ignoringNotFound } from '../lib/engine/delete.ts';
import type { ApplyContext } from '../lib/engine/step.ts';
import type { Desired } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import { fetchLoadBalancer, type FoundLoadBalancer } from '../lib/look/load-balancer.ts';
import type { DesiredFields } from '../lib/model/change.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import { probeResultOf } from './done/balancer-failure.ts';

/**
 * Checks that the web ACL exists, and that it is in the account of the stack.
 * @throws WEB_ACL otherwise
 */
export function checkWebAcl(
  { config, account }: Pick<Desired, 'config' | 'account'>,
  { webAcl }: Pick<Survey, 'webAcl'>,
): void {
  const { waf, region } = config;
  if (waf === undefined) return;
  const owner = waf.split(':')[4];
  const why =
    owner === account
      ? `WAF has no web ACL ${waf}.`
      : `The web ACL ${waf} is in the account ${owner}, and the stack is in ${account}.`;
  if (owner === account && webAcl?.exists !== false) return;
  throw problem('WEB_ACL', {
    what: 'The web ACL in waf cannot be used.',
    why,
    now: NOTHING_CHANGED,
    fix: [
      'Correct waf in slipway.config.ts,',
      `or create the web ACL first, with the scope REGIONAL in ${region}, and then run the command again.`,
    ],
  });
}

export type WebAclField = 'web ACL' | `tag.${typeof WEB_ACL_TAG}`;

/**
 * Returns the desired association of the load balancer. Without `waf`, it ends only if the stack made it: then the load balancer has
 * the tag that names this web ACL. Any other association stays.
 */
export function desiredWebAcl(
  { config: { waf } }: Pick<Desired, 'config'>,
  existing: Pick<FoundLoadBalancer, 'tags' | 'webAclArn'> | undefined,
): DesiredFields<WebAclField> {
  if (waf !== undefined) return { 'web ACL': waf };
  const ours = existing?.tags[WEB_ACL_TAG];
  if (ours === undefined) return {};
  return {
    ...(existing?.webAclArn === ours && { 'web ACL': undefined }),
    [`tag.${WEB_ACL_TAG}`]: undefined,
  };
}

/**
 * Associates the load balancer with the web ACL of the configuration, or ends the association. An association replaces an earlier one
 * without a gap. WAF does not know a load balancer that is being set up, so this waits until it is active; the listeners wait as
 * well, so that no request reaches a program without having been inspected.
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
 */
export async function associateWebAcl(
  context: ApplyContext<'loadBalancer'>,
  ResourceArn: string,
): Promise<void> {
  const { aws, config, change } = context;
  if (config.waf === undefined) {
    if (change.verb === 'update')
      await ignoringNotFound(() => aws.wafv2(new DisassociateWebACLCommand({ ResourceArn })));
    return;
  }
  await context.until('the load balancer to be active, so that WAF knows it', 'loadBalancer', async () =>
    probeResultOf(await fetchLoadBalancer(context)),
  );
  await aws.wafv2(new AssociateWebACLCommand({ ResourceArn, WebACLArn: config.waf }));
}
