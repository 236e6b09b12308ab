/** The sandbox's Service Quotas: the quotas of a new account, which no request increases. */
import type * as ServiceQuotas from '@aws-sdk/client-service-quotas';
import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import type { Operations } from '../../operations.ts';
import { refusal, type Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { pageOf, type PageRules } from '../paging.ts';
import { LISTED_QUOTAS, SERVICE_NAMES, type ListedQuota } from './quotas.ts';

const noSuchResource = (message: string): Refusal => refusal('NoSuchResourceException', message);

const PAGE_RULES: PageRules = {
  defaultSize: 100,
  invalidToken: () => refusal('InvalidPaginationTokenException', 'The pagination token is invalid.'),
};

function viewOf(
  { account, name, partition }: Region,
  { service, code, name: QuotaName, value, isAdjustable }: ListedQuota,
  isDefault = false,
): ServiceQuota {
  const owner = isDefault ? '' : account;
  return {
    ServiceCode: service,
    ServiceName: SERVICE_NAMES[service],
    QuotaArn: `arn:${partition.id}:servicequotas:${name}:${owner}:${service}/${code}`,
    QuotaCode: code,
    QuotaName,
    Value: value,
    Unit: 'None',
    Adjustable: isAdjustable,
    GlobalQuota: false,
    QuotaAppliedAtLevel: 'ACCOUNT',
  };
}

/** Returns the quotas of a service. @throws NoSuchResourceException */
function quotasOf(service: string | undefined): ListedQuota[] {
  const found = LISTED_QUOTAS.filter((quota) => quota.service === service);
  if (found.length > 0) return found;
  throw noSuchResource(`The request failed because the specified service does not exist: ${service}.`);
}

/** @throws NoSuchResourceException */
function quotaOf(service: string | undefined, code: string | undefined): ListedQuota {
  const found = quotasOf(service).find((quota) => quota.code === code);
  if (found) return found;
  throw noSuchResource(`The request failed because the specified quota does not exist: ${code}.`);
}

const pageOfQuotas = (
  quotas: readonly ServiceQuota[],
  { MaxResults, NextToken }: { readonly MaxResults?: number; readonly NextToken?: string },
) => {
  const { rows: Quotas, next } = pageOf(quotas, MaxResults, NextToken, PAGE_RULES);
  return { Quotas, NextToken: next };
};

/** @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/Welcome.html */
export const serviceQuotasOperations = {
  GetServiceQuota: {
    inputMembers: ['ServiceCode', 'QuotaCode'],
    run: ({ ServiceCode, QuotaCode }, region) => ({ Quota: viewOf(region, quotaOf(ServiceCode, QuotaCode)) }),
  },

  GetAWSDefaultServiceQuota: {
    inputMembers: ['ServiceCode', 'QuotaCode'],
    run: ({ ServiceCode, QuotaCode }, region) => ({
      Quota: viewOf(region, quotaOf(ServiceCode, QuotaCode), true),
    }),
  },

  ListServiceQuotas: {
    inputMembers: ['ServiceCode', 'QuotaCode', 'NextToken', 'MaxResults'],
    run({ ServiceCode, QuotaCode, ...pages }, region) {
      const found = quotasOf(ServiceCode).filter(({ code }) => code === (QuotaCode ?? code));
      return pageOfQuotas(
        found.map((quota) => viewOf(region, quota)),
        pages,
      );
    },
  },

  ListAWSDefaultServiceQuotas: {
    inputMembers: ['ServiceCode', 'NextToken', 'MaxResults'],
    run: ({ ServiceCode, ...pages }, region) =>
      pageOfQuotas(
        quotasOf(ServiceCode).map((quota) => viewOf(region, quota, true)),
        pages,
      ),
  },

  ListServices: {
    inputMembers: ['NextToken', 'MaxResults'],
    run({ MaxResults, NextToken }) {
      const all = Object.entries(SERVICE_NAMES).map(([ServiceCode, ServiceName]) => ({
        ServiceCode,
        ServiceName,
      }));
      const { rows: Services, next } = pageOf(all, MaxResults, NextToken, PAGE_RULES);
      return { Services, NextToken: next };
    },
  },
} satisfies Operations<typeof ServiceQuotas>;
