/** The two roles: what ECS may do to start a task, and what the task itself may do, which is nothing yet. */
import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { roleArn } from '../../lib/derive/arns.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { ROLES, type FoundRole } from '../../lib/look/roles.ts';
import { foreignOwner, type Desired } from '../../lib/look/context.ts';
import { executionPolicy, policyText, trustPolicy } from '../../lib/derive/policies.ts';
import { retagRole } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

/** The one inline policy of a role. */
const POLICY = 'slipway';

const location = ({ config, account }: Desired) => ({ region: config.region, account });

/** The inline policies of a role, by name. */
const policiesFor = (desired: Desired, key: string): Record<string, string> =>
  key === 'execution'
    ? { [POLICY]: policyText(executionPolicy(desired.config, desired.names, location(desired))) }
    : {};

const policyFields = (policies: Readonly<Record<string, string>>): string =>
  Object.entries(policies)
    .map(([name, text]) => `${name} ${text}`)
    .sort()
    .join('; ');

const desiredFields = (desired: Desired): Map<string, DesiredFields> =>
  new Map(
    ROLES.map((key) => [
      key,
      {
        'trust policy': policyText(trustPolicy(location(desired))),
        'inline policies': policyFields(policiesFor(desired, key)),
        'managed policies': '',
        ...desiredTags(desired, 'roles', key),
      },
    ]),
  );

export const roles: Step<'roles'> = {
  diff: (desired, found) =>
    compare({
      noun: 'roles',
      desired: desiredFields(desired),
      found: found.roles,
      fieldsOf: (role) => ({
        'trust policy': role.trustPolicy,
        'inline policies': policyFields(role.inlinePolicies),
        'managed policies': [...role.attachedPolicies].sort().join(', '),
        ...tagFields(role.tags),
      }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }),

  async apply(context) {
    const { aws, change, existing: item, names } = context;
    const RoleName = names.role(change.key as (typeof ROLES)[number]);
    const ids = {
      roleName: RoleName,
      roleArn: item?.roleArn ?? roleArn(location(context), names.rolePath, RoleName),
    };
    if (!item) await create(context, RoleName);
    await context.record(ids);
    if (touches(change, 'inline policies')) await setInline(context, RoleName, item);
    if (item && touches(change, 'trust policy')) {
      const PolicyDocument = policyText(trustPolicy(location(context)));
      await aws.iam(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    }
    for (const PolicyArn of touches(change, 'managed policies') ? (item?.attachedPolicies ?? []) : []) {
      await ignoringNotFound(() => aws.iam(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
    }
    await retagRole(context, RoleName);
    return ids;
  },
};

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
async function create(context: ApplyContext<'roles'>, RoleName: string): Promise<void> {
  try {
    await context.aws.iam(
      new CreateRoleCommand({
        RoleName,
        Path: context.names.rolePath,
        AssumeRolePolicyDocument: policyText(trustPolicy(location(context))),
        Description: `The ${context.change.key} role of ${context.names.stack}`,
        Tags: toPascalCaseTags(context.tags),
      }),
    );
  } catch (error) {
    await adoptByName(context, error, 'EntityAlreadyExists', `the name ${RoleName}`);
  }
}

async function setInline(
  context: ApplyContext<'roles'>,
  RoleName: string,
  item: FoundRole | undefined,
): Promise<void> {
  const policies = policiesFor(context, context.change.key);
  for (const [PolicyName, PolicyDocument] of Object.entries(policies)) {
    await context.aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }
  for (const PolicyName of Object.keys(item?.inlinePolicies ?? {})) {
    if (PolicyName in policies) continue;
    await ignoringNotFound(() => context.aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  }
}
