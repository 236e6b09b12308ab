/** Associations of load balancers with web ACLs. A load balancer has at most one web ACL. */
import type * as WAFV2 from '@aws-sdk/client-wafv2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import type { LoadBalancerRow } from '../elbv2/store.ts';
import { entityUnavailable, invalidArn, itemNotFound, notImplemented } from './errors.ts';
import type { WebAclRow } from './store.ts';

/** Returns the load balancer that a call names. @throws WAFInvalidParameterException, WAFNonexistentItemException */
function balancerByArn(region: Region, arn = ''): LoadBalancerRow {
  if (!/^arn:[\w-]+:[\w-]+:[\w-]+:\d{12}:.+$/.test(arn)) throw invalidArn(arn);
  if (!arn.includes(':elasticloadbalancing:')) throw notImplemented(`associations with ${arn}`);
  if (!/:loadbalancer\/app\/[^/]+\/[^/]+$/.test(arn)) throw invalidArn(arn);
  const balancer = region.elbv2.loadBalancers.get(arn);
  if (!balancer) throw itemNotFound();
  return balancer;
}

function webAclByArn(region: Region, arn = ''): WebAclRow {
  if (!/^arn:[\w-]+:wafv2:[\w-]+:\d{12}:regional\/webacl\/[^/]+\/[^/]+$/.test(arn)) throw invalidArn(arn);
  const row = region.wafv2.webAcls.get(arn);
  if (!row) throw itemNotFound();
  return row;
}

/** Returns the web ACL of a load balancer; undefined if it has none. */
export const webAclOf = (region: Region, loadBalancerArn: string): WebAclRow | undefined =>
  region.wafv2.webAcls.get(region.wafv2.webAclAssociations.get(loadBalancerArn)?.webAclArn);

export const associationOperations = {
  /**
   * Replaces an earlier association. A load balancer that is not active yet, or a new web ACL, is unavailable to WAF.
   * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
   */
  AssociateWebACL: {
    inputMembers: ['WebACLArn', 'ResourceArn'],
    run({ WebACLArn, ResourceArn }, region) {
      const webAcl = webAclByArn(region, WebACLArn);
      const balancer = balancerByArn(region, ResourceArn);
      if (balancer.State?.Code === 'provisioning' || webAcl.availableAt > region.now())
        throw entityUnavailable();
      region.wafv2.webAclAssociations.set(balancer.LoadBalancerArn, { webAclArn: webAcl.ARN });
      return {};
    },
  },

  /** A load balancer without a web ACL is not an error. */
  DisassociateWebACL: {
    inputMembers: ['ResourceArn'],
    run({ ResourceArn }, region) {
      region.wafv2.webAclAssociations.delete(balancerByArn(region, ResourceArn).LoadBalancerArn);
      return {};
    },
  },

  GetWebACLForResource: {
    inputMembers: ['ResourceArn'],
    run: ({ ResourceArn }, region) => ({
      WebACL: webAclOf(region, balancerByArn(region, ResourceArn).LoadBalancerArn)?.webAcl,
    }),
  },

  ListResourcesForWebACL: {
    inputMembers: ['WebACLArn', 'ResourceType'],
    run({ WebACLArn, ResourceType = 'APPLICATION_LOAD_BALANCER' }, region) {
      const { ARN } = webAclByArn(region, WebACLArn);
      const arns = region.wafv2.webAclAssociations
        .entries()
        .flatMap(([loadBalancerArn, { webAclArn }]) => (webAclArn === ARN ? [loadBalancerArn] : []));
      return { ResourceArns: ResourceType === 'APPLICATION_LOAD_BALANCER' ? arns : [] };
    },
  },
} satisfies Operations<typeof WAFV2>;
