/** Policies of buckets, and whether a policy lets a service of AWS write an object. */
import type * as S3 from '@aws-sdk/client-s3';
import type { Operations } from '../../operations.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { matchesWildcard } from '../../wildcard.ts';
import type { Region } from '../../world/region.ts';
import { meetsConditions, UnsupportedCondition, type RequestContext } from '../iam/conditions.ts';
import { listOf, statementsOf, type Statement } from '../iam/policy-documents.ts';
import { accessDenied, malformedPolicy, MISSING } from './errors.ts';
import { arnOfBucket, bucketOf } from './lookup.ts';
import type { BucketRow } from './store.ts';

const MAX_POLICY_BYTES = 20 * 1024;

/** @throws MalformedPolicy */
function checkedStatements(region: Region, { name }: BucketRow, document: string): Statement[] {
  if (Buffer.byteLength(document) > MAX_POLICY_BYTES)
    throw malformedPolicy('Policy exceeds the maximum allowed document size.');
  let statements: Statement[];
  try {
    statements = statementsOf(document);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw malformedPolicy(
      document.trimStart().startsWith('{')
        ? error.message
        : "Policies must be valid JSON and the first byte must be '{'",
    );
  }
  const arn = arnOfBucket(region, name);
  for (const { Principal, NotPrincipal, Resource, NotResource } of statements) {
    if (!(Principal ?? NotPrincipal)) throw malformedPolicy('Missing required field Principal');
    const resources = listOf(Resource ?? NotResource);
    if (resources.length === 0) throw malformedPolicy('Missing required field Resource');
    // A pattern may stand for the name, too.
    if (
      !resources.every(
        (one) => one === arn || one.startsWith(`${arn}/`) || /^arn:[^:]+:s3:::[^/]*[*?]/.test(one),
      )
    )
      throw malformedPolicy('Policy has invalid resource');
  }
  return statements;
}

/** Whether a statement allows everyone something, without a condition. */
const isPublic = ({ Effect, Principal, Condition }: Statement): boolean =>
  Effect === 'Allow' &&
  Condition === undefined &&
  (Principal === '*' || (typeof Principal === 'object' && listOf(Principal.AWS).includes('*')));

/** A write that a service of AWS wants to make. */
export interface AttemptedWrite {
  /** The names of the principal in a policy: a service's name, or the ARN and the number of an account. */
  readonly principal: { readonly kind: 'Service' | 'AWS'; readonly names: readonly string[] };
  readonly key: string;
  readonly context: RequestContext;
}

/**
 * Whether the policy of a bucket lets a principal of AWS write an object. A condition that the sandbox cannot evaluate is taken
 * to be met in a statement that allows, and not to be met in a statement that denies.
 */
export function allowsWrite(
  region: Region,
  bucket: BucketRow,
  { principal, key, context }: AttemptedWrite,
): boolean {
  const statements = bucket.policy === undefined ? [] : statementsOf(bucket.policy);
  const resource = `${arnOfBucket(region, bucket.name)}/${key}`;
  const applies = (effect: Statement['Effect']) =>
    statements.some(
      (statement) =>
        statement.Effect === effect &&
        covers(statement.Action, statement.NotAction, 's3:PutObject', true) &&
        covers(statement.Resource, statement.NotResource, resource, false) &&
        isAddressed(statement.Principal, principal) &&
        isMet(statement, context),
    );
  return applies('Allow') && !applies('Deny');
}

function covers(
  named: string | string[] | undefined,
  excepted: string | string[] | undefined,
  value: string,
  foldsCase: boolean,
): boolean {
  const fold = (text: string) => (foldsCase ? text.toLowerCase() : text);
  const isNamed = listOf(named ?? excepted).some((pattern) => matchesWildcard(fold(pattern), fold(value)));
  return isNamed === (named !== undefined);
}

const isAddressed = (named: Statement['Principal'], { kind, names }: AttemptedWrite['principal']): boolean =>
  named === '*' ||
  (typeof named === 'object' &&
    (listOf(named.AWS).includes('*') || listOf(named[kind]).some((name) => names.includes(name))));

function isMet({ Condition, Effect }: Statement, context: RequestContext): boolean {
  try {
    return meetsConditions(Condition, context);
  } catch (error) {
    if (error instanceof UnsupportedCondition) return Effect === 'Allow';
    throw error;
  }
}

export const policyOperations = {
  GetBucketPolicy: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner'],
    run(input, region) {
      const { policy } = bucketOf(region, input);
      if (policy === undefined) throw MISSING.policy();
      return { Policy: policy };
    },
  },
  GetBucketPolicyStatus: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner'],
    run(input, region) {
      const { policy } = bucketOf(region, input);
      if (policy === undefined) throw MISSING.policy();
      return { PolicyStatus: { IsPublic: statementsOf(policy).some(isPublic) } };
    },
  },
  PutBucketPolicy: {
    inputMembers: [
      'Bucket',
      'ExpectedBucketOwner',
      'Policy',
      'ContentMD5',
      'ChecksumAlgorithm',
      'ConfirmRemoveSelfBucketAccess',
    ],
    run(input, region) {
      const bucket = bucketOf(region, input);
      const { Policy = '' } = input;
      const statements = checkedStatements(region, bucket, Policy);
      if (bucket.publicAccessBlock?.BlockPublicPolicy && statements.some(isPublic)) throw accessDenied();
      bucket.policy = Policy;
      bucket.policyChangedAt = region.now();
      return {};
    },
  },
  DeleteBucketPolicy: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner'],
    run(input, region) {
      const bucket = bucketOf(region, input);
      delete bucket.policy;
      bucket.policyChangedAt = region.now();
      return {};
    },
  },
} satisfies Operations<typeof S3>;
