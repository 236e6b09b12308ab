/** Policy documents: their grammar, and IAM's checks of permission policies. */
import * as z from 'zod';
import type { Region } from '../../world/region.ts';
import { otherPartitionIn } from './arns.ts';
import { limitExceeded, malformedPolicy } from './errors.ts';

const strings = z.union([z.string(), z.array(z.string()).min(1)]);
const principal = z.union([
  z.literal('*'),
  z.partialRecord(z.enum(['AWS', 'Service', 'Federated', 'CanonicalUser']), strings),
]);
const conditionValue = z.union([z.string(), z.number(), z.boolean()]);
const conditionValues = z.union([conditionValue, z.array(conditionValue)]);
const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal.optional(),
  NotPrincipal: principal.optional(),
  Action: strings.optional(),
  NotAction: strings.optional(),
  Resource: strings.optional(),
  NotResource: strings.optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValues)).optional(),
});
const policy = z.strictObject({
  // A document without a version has the older version, 2008-10-17.
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([statement, z.array(statement).min(1)]),
});

export type Statement = z.infer<typeof statement>;
export type Principal = z.infer<typeof principal>;

/** The maximum size of a managed policy, in characters other than white space. */
const MAX_MANAGED_POLICY_SIZE = 6144;

/** Returns the values of an element, which can be one string or a list. */
export const listOf = (given: string | string[] | undefined): string[] => [given ?? []].flat();
/** Returns the size of a document as IAM measures it. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const sizeOf = (document: string): number => document.replace(/\s/g, '').length;

/** Returns the statements of a document. @throws MalformedPolicyDocument */
export function statementsOf(document: string): Statement[] {
  let json: unknown;
  // The schemas omit members of this name, so a condition would be lost.
  let hasPrototype = false;
  try {
    json = JSON.parse(document, (key, value: unknown) => {
      hasPrototype ||= key === '__proto__';
      return value;
    });
  } catch {
    throw malformedPolicy('This policy contains invalid Json');
  }
  const raw = z.looseObject({ Statement: z.unknown() }).safeParse(json).data?.Statement;
  for (const one of [raw].flat()) {
    const isObject = typeof one === 'object' && one !== null;
    if (isObject && !('Effect' in one)) throw malformedPolicy('Missing required field Effect');
  }
  const parsed = policy.safeParse(json);
  if (!parsed.success || hasPrototype) throw malformedPolicy('Syntax errors in policy.');
  const statements = [parsed.data.Statement].flat();
  for (const action of statements.flatMap(({ Action, NotAction }) => listOf(Action ?? NotAction))) {
    if (action !== '*' && !/^[\w-]+:[^:]+$/.test(action)) {
      throw malformedPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
  return statements;
}

/** Checks a permission policy. @throws MalformedPolicyDocument */
export function checkPermissions(document = '', region: Region): string {
  for (const statement of statementsOf(document)) {
    if (statement.Principal ?? statement.NotPrincipal) {
      throw malformedPolicy('Policy document should not specify a principal.');
    }
    if (!(statement.Action ?? statement.NotAction)) {
      throw malformedPolicy('Policy statement must contain actions.');
    }
    const resources = listOf(statement.Resource ?? statement.NotResource);
    if (resources.length === 0) throw malformedPolicy('Policy statement must contain resources.');
    const malformed = resources.find(
      (resource) => resource !== '*' && !/^arn:[^:]+:([^:]*:){3}./.test(resource),
    );
    if (malformed !== undefined) throw malformedPolicy(`Resource ${malformed} must be in ARN format or "*".`);
    for (const resource of resources.filter((one) => one !== '*')) {
      const partition = otherPartitionIn(region, resource);
      if (partition === undefined) continue;
      throw malformedPolicy(`Partition "${partition}" is not valid for resource "${resource}".`);
    }
  }
  return document;
}

/** Checks the document of a managed policy. @throws MalformedPolicyDocument, LimitExceeded */
export function checkManagedPolicy(document = '', region: Region): string {
  checkPermissions(document, region);
  if (sizeOf(document) > MAX_MANAGED_POLICY_SIZE) {
    throw limitExceeded(`Cannot exceed quota for PolicySize: ${MAX_MANAGED_POLICY_SIZE}`);
  }
  return document;
}
