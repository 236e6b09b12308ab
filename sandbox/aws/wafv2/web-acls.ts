/** Web ACLs of the scope REGIONAL. */
import type * as WAFV2 from '@aws-sdk/client-wafv2';
import type { CreateWebACLRequest, WebACL } from '@aws-sdk/client-wafv2';
import type { Operations } from '../../operations.ts';
import { durations } from '../../world/durations.ts';
import type { Region } from '../../world/region.ts';
import { entityOf, lockedEntityOf, newEntity, pageOfSummaries, summaryOf } from './entities.ts';
import { itemAssociated } from './errors.ts';
import { checkRules } from './statements.ts';
import { mergeTags } from './tags.ts';

type Settings = Pick<CreateWebACLRequest, 'DefaultAction' | 'Description' | 'Rules' | 'VisibilityConfig'>;

/** Checks the settings of a web ACL, and returns it as responses show it. */
const webAclWith = (
  region: Region,
  { Name, Id, ARN }: Pick<WebACL, 'Name' | 'Id' | 'ARN'>,
  { DefaultAction, Description, Rules = [], VisibilityConfig }: Settings,
): WebACL => ({
  Name,
  Id,
  ARN,
  DefaultAction,
  Description: Description ?? '',
  Rules: [...Rules].sort((one, other) => (one.Priority ?? 0) - (other.Priority ?? 0)),
  VisibilityConfig,
  Capacity: checkRules(region, DefaultAction, Rules),
  ManagedByFirewallManager: false,
  RetrofittedByFirewallManager: false,
  LabelNamespace: `awswaf:${region.account}:webacl:${Name}:`,
});

export const webAclOperations = {
  /** @see https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html */
  CreateWebACL: {
    inputMembers: ['Name', 'Scope', 'DefaultAction', 'Description', 'Rules', 'VisibilityConfig', 'Tags'],
    run(input, region) {
      const entity = newEntity(region, region.wafv2.webAcls, 'webacl', input);
      const row = region.wafv2.webAcls.set(entity.ARN, {
        ...entity,
        Description: input.Description,
        tags: mergeTags([], input.Tags),
        webAcl: webAclWith(region, entity, input),
        availableAt: new Date(region.now().getTime() + region.scaled(durations.webAclPropagation)),
      });
      return { Summary: summaryOf(row) };
    },
  },

  GetWebACL: {
    inputMembers: ['Name', 'Scope', 'Id', 'ARN'],
    run(input, region) {
      const { webAcl, lockToken } = entityOf(region.wafv2.webAcls, input);
      return { WebACL: webAcl, LockToken: lockToken };
    },
  },

  /** Replaces all settings; those that the call does not name get their defaults. */
  UpdateWebACL: {
    inputMembers: [
      'Name',
      'Scope',
      'Id',
      'DefaultAction',
      'Description',
      'Rules',
      'VisibilityConfig',
      'LockToken',
    ],
    run(input, region) {
      const row = lockedEntityOf(region.wafv2.webAcls, input);
      row.webAcl = webAclWith(region, row, input);
      row.Description = input.Description;
      row.lockToken = region.uuid();
      return { NextLockToken: row.lockToken };
    },
  },

  ListWebACLs: {
    inputMembers: ['Scope', 'Limit', 'NextMarker'],
    run(input, region) {
      const { summaries, NextMarker } = pageOfSummaries(region.wafv2.webAcls, input);
      return { WebACLs: summaries, NextMarker };
    },
  },

  /** @see https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html */
  DeleteWebACL: {
    inputMembers: ['Name', 'Scope', 'Id', 'LockToken'],
    run(input, region) {
      const { ARN } = lockedEntityOf(region.wafv2.webAcls, input);
      if (region.wafv2.webAclAssociations.find(({ webAclArn }) => webAclArn === ARN)) throw itemAssociated();
      region.wafv2.webAcls.delete(ARN);
      return {};
    },
  },
} satisfies Operations<typeof WAFV2>;
