/** Repository policies: stored and shown, but without effect, since the sandbox does not check permissions. */
import type * as ECR from '@aws-sdk/client-ecr';
import * as z from 'zod';
import type { Operations } from '../../operations.ts';
import { identityOf, requestedRepository } from './checks.ts';
import { invalidParameter, repositoryPolicyNotFound } from './errors.ts';
import type { RepositoryRow } from './store.ts';

/** A statement of a policy. It must not have a `Resource`, because the resource is always the repository itself. */
const statement = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Resource: z.undefined().optional(),
  NotResource: z.undefined().optional(),
});
const policy = z.looseObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Statement: z.union([
    z
      .array(statement)
      .min(1)
      .refine((all) => all.every(isComplete)),
    statement.refine(isComplete),
  ]),
});

function isComplete(given: object): boolean {
  const has = (name: string) => name in given || `Not${name}` in given;
  return has('Principal') && has('Action');
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html */
function checkPolicy(text: string): void {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (!policy.safeParse(json).success) {
    throw invalidParameter('PolicyText', 'Invalid repository policy provided');
  }
}

function policyOf(row: RepositoryRow) {
  const identity = identityOf(row);
  if (row.policyText === undefined) throw repositoryPolicyNotFound(identity);
  return { ...identity, policyText: row.policyText };
}

export const repositoryPolicyOperations = {
  SetRepositoryPolicy: {
    inputMembers: ['registryId', 'repositoryName', 'policyText'],
    run(input, region) {
      const row = requestedRepository(region, input);
      const { policyText = '' } = input;
      checkPolicy(policyText);
      row.policyText = policyText;
      return policyOf(row);
    },
  },
  GetRepositoryPolicy: {
    inputMembers: ['registryId', 'repositoryName'],
    run: (input, region) => policyOf(requestedRepository(region, input)),
  },
  DeleteRepositoryPolicy: {
    inputMembers: ['registryId', 'repositoryName'],
    run(input, region) {
      const row = requestedRepository(region, input);
      const answer = policyOf(row);
      delete row.policyText;
      return answer;
    },
  },
} satisfies Operations<typeof ECR>;
