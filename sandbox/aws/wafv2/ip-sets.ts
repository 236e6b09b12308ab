/** IP sets of the scope REGIONAL: blocks of addresses that rules refer to. */
import { isIPv4, isIPv6 } from 'node:net';
import type * as WAFV2 from '@aws-sdk/client-wafv2';
import type { Operations } from '../../operations.ts';
import { entityOf, lockedEntityOf, newEntity, pageOfSummaries, summaryOf } from './entities.ts';
import { invalidParameter, itemAssociated } from './errors.ts';
import { refersToIpSet } from './statements.ts';
import { mergeTags } from './tags.ts';

/** WAF supports all blocks except /0. */
function checkAddresses(version: string | undefined, addresses: readonly string[] = []): string[] {
  const [isAddress, bits] = version === 'IPV6' ? [isIPv6, 128] : [isIPv4, 32];
  for (const block of addresses) {
    const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(block) ?? [];
    if (!isAddress(address) || Number(prefix) < 1 || Number(prefix) > bits)
      throw invalidParameter('The parameter contains formatting that is not valid.', 'IP_ADDRESS', block);
  }
  return [...new Set(addresses)];
}

export const ipSetOperations = {
  /** @see https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateIPSet.html */
  CreateIPSet: {
    inputMembers: ['Name', 'Scope', 'Description', 'IPAddressVersion', 'Addresses', 'Tags'],
    run(input, region) {
      const { IPAddressVersion, Description } = input;
      const { lockToken, ...entity } = newEntity(region, region.wafv2.ipSets, 'ipset', input);
      const Addresses = checkAddresses(IPAddressVersion, input.Addresses);
      const row = region.wafv2.ipSets.set(entity.ARN, {
        ...entity,
        Description,
        lockToken,
        tags: mergeTags([], input.Tags),
        ipSet: { ...entity, Description: Description ?? '', IPAddressVersion, Addresses },
      });
      return { Summary: summaryOf(row) };
    },
  },

  GetIPSet: {
    inputMembers: ['Name', 'Scope', 'Id'],
    run(input, region) {
      const { ipSet, lockToken } = entityOf(region.wafv2.ipSets, input);
      return { IPSet: ipSet, LockToken: lockToken };
    },
  },

  UpdateIPSet: {
    inputMembers: ['Name', 'Scope', 'Id', 'Description', 'Addresses', 'LockToken'],
    run(input, region) {
      const row = lockedEntityOf(region.wafv2.ipSets, input);
      const Addresses = checkAddresses(row.ipSet.IPAddressVersion, input.Addresses);
      row.ipSet = { ...row.ipSet, Description: input.Description ?? '', Addresses };
      row.Description = input.Description;
      row.lockToken = region.uuid();
      return { NextLockToken: row.lockToken };
    },
  },

  ListIPSets: {
    inputMembers: ['Scope', 'Limit', 'NextMarker'],
    run(input, region) {
      const { summaries, NextMarker } = pageOfSummaries(region.wafv2.ipSets, input);
      return { IPSets: summaries, NextMarker };
    },
  },

  DeleteIPSet: {
    inputMembers: ['Name', 'Scope', 'Id', 'LockToken'],
    run(input, region) {
      const { ARN } = lockedEntityOf(region.wafv2.ipSets, input);
      const isUsed = region.wafv2.webAcls.find(({ webAcl }) =>
        (webAcl.Rules ?? []).some(({ Statement }) => refersToIpSet(Statement, ARN)),
      );
      if (isUsed) throw itemAssociated();
      region.wafv2.ipSets.delete(ARN);
      return {};
    },
  },
} satisfies Operations<typeof WAFV2>;
