/** Policy documents: IAM's checks of trust policies and of permission policies. */
import * as z from 'zod';
import type { Region } from '../../world/region.ts';
import { otherPartitionIn } from './arns.ts';
import { limitExceeded, malformedPolicy } from './errors.ts';

const strings = z.union([z.string(), z.array(z.string()).min(1)]);
const principal = z.union([
  z.literal('*'),
  z.partialRecord(z.enum(['AWS', 'Service', 'Federated', 'CanonicalUser']), strings),
]);
const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal.optional(),
  NotPrincipal: principal.optional(),
  Action: strings.optional(),
  NotAction: strings.optional(),
  Resource: strings.optional(),
  NotResource: strings.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
const policy = z.strictObject({
  // A document without a version has the older version, 2008-10-17.
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([statement, z.array(statement).min(1)]),
});

type Statement = z.infer<typeof statement>;
type Principal = z.infer<typeof principal>;

/** The default maximum size of a trust policy, in characters other than white space. */
const MAX_TRUST_POLICY_SIZE = 2048;
/** The maximum size of a managed policy, in characters other than white space. */
const MAX_MANAGED_POLICY_SIZE = 6144;

const listOf = (given: string | string[] | undefined): string[] => [given ?? []].flat();
/** Returns the size of a document as IAM measures it. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const sizeOf = (document: string): number => document.replace(/\s/g, '').length;

/** Returns the statements of a document. @throws MalformedPolicyDocument */
function statementsOf(document: string): Statement[] {
  let json: unknown;
  try {
    json = JSON.parse(document);
  } catch {
    throw malformedPolicy('This policy contains invalid Json');
  }
  const raw = z.looseObject({ Statement: z.unknown() }).safeParse(json).data?.Statement;
  for (const one of [raw].flat()) {
    const isObject = typeof one === 'object' && one !== null;
    if (isObject && !('Effect' in one)) throw malformedPolicy('Missing required field Effect');
  }
  const parsed = policy.safeParse(json);
  if (!parsed.success) throw malformedPolicy('Syntax errors in policy.');
  const statements = [parsed.data.Statement].flat();
  for (const action of statements.flatMap(({ Action, NotAction }) => listOf(Action ?? NotAction))) {
    if (action !== '*' && !/^[\w-]+:[^:]+$/.test(action)) {
      throw malformedPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
  return statements;
}

/**
 * Checks a trust policy.
 * @throws MalformedPolicyDocument, LimitExceeded
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function checkTrustPolicy(document = '', region: Region): string {
  for (const statement of statementsOf(document)) {
    if (statement.Resource ?? statement.NotResource) throw malformedPolicy('Has prohibited field Resource');
    const who = statement.Principal ?? statement.NotPrincipal;
    if (who === undefined) throw malformedPolicy('Missing required field Principal');
    const actions = listOf(statement.Action ?? statement.NotAction);
    if (actions.length === 0) throw malformedPolicy('Missing required field Action');
    if (actions.some((action) => action !== '*' && !action.startsWith('sts:'))) {
      throw malformedPolicy('AssumeRole policy may only specify STS AssumeRole actions.');
    }
    checkPrincipal(who, region);
  }
  if (sizeOf(document) > MAX_TRUST_POLICY_SIZE) {
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${MAX_TRUST_POLICY_SIZE}`);
  }
  return document;
}

/** Whether IAM accepts a role as a principal. It does not accept a new role immediately. */
function isKnownPrincipal(region: Region, arn: string): boolean {
  const role = region.iam.roles.find(({ Arn }) => Arn === arn);
  if (!role) return false;
  const propagation = {
    lag: 'iamLagMs',
    id: role.RoleId,
    consumer: 'iam principal',
    changedAt: role.CreateDate,
  } as const;
  return region.visibleAt(propagation) <= region.now().getTime();
}

/**
 * Checks that a principal of this account exists. IAM stores the id of a principal instead of the name, so it must find the
 * principal. Principals of other accounts are not checked.
 */
function checkPrincipal(principal: Principal, region: Region): void {
  const { account } = region;
  if (principal === '*') return;
  const invalid = (kind: string, who: string) =>
    malformedPolicy(`Invalid principal in policy: "${kind}":"${who}"`);
  for (const service of listOf(principal.Service)) {
    if (!/^([a-z0-9-]+\.)+amazonaws\.com$/.test(service)) throw invalid('SERVICE', service);
  }
  for (const who of listOf(principal.AWS)) {
    if (who === '*' || /^\d{12}$/.test(who)) continue;
    const [, partition, owner, resource = ''] = /^arn:([\w-]+):(?:iam|sts)::(\d{12}):(.+)$/.exec(who) ?? [];
    const isKnown = resource === 'root' || isKnownPrincipal(region, who);
    if (partition !== region.partition.id || (owner === account && !isKnown)) throw invalid('AWS', who);
  }
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
