/** The lists of kinds of resources that the sandbox's account does not have. These lists are always empty. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';

export const emptyAccountListOperations = {
  ListAccountAliases: {
    inputMembers: ['MaxItems', 'Marker'],
    run: () => ({ AccountAliases: [], IsTruncated: false }),
  },
  ListGroups: {
    inputMembers: ['PathPrefix', 'MaxItems', 'Marker'],
    run: () => ({ Groups: [], IsTruncated: false }),
  },
  ListInstanceProfiles: {
    inputMembers: ['PathPrefix', 'MaxItems', 'Marker'],
    run: () => ({ InstanceProfiles: [], IsTruncated: false }),
  },
  ListOpenIDConnectProviders: {
    inputMembers: [],
    run: () => ({ OpenIDConnectProviderList: [] }),
  },
  ListSAMLProviders: {
    inputMembers: [],
    run: () => ({ SAMLProviderList: [] }),
  },
  ListServerCertificates: {
    inputMembers: ['PathPrefix', 'MaxItems', 'Marker'],
    run: () => ({ ServerCertificateMetadataList: [], IsTruncated: false }),
  },
  ListVirtualMFADevices: {
    inputMembers: ['AssignmentStatus', 'MaxItems', 'Marker'],
    run: () => ({ VirtualMFADevices: [], IsTruncated: false }),
  },
} satisfies Operations<typeof IAM>;
