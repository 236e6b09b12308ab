/** The two roles: what ECS may do to start a task, and what the task itself may do, which is nothing yet. */
import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { adoptNamed } from '../../lib/engine/adopt-by-name.ts';
import { roleArn } from '../../lib/derive/arns.ts';
import { compare, touches, type WantedFields } from '../../lib/model/change.ts';
import { gone } from '../../lib/engine/delete.ts';
import { ROLES, type FoundRole } from '../../lib/look/roles.ts';
import { foreignOwner, type Want } from '../../lib/look/context.ts';
import { executionPolicy, policyText, trustPolicy } from '../../lib/derive/policies.ts';
import { retagRole } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';

/** The one inline policy of a role. */
const POLICY = 'slipway';

const location = ({ config, account }: Want) => ({ region: config.region, account });

/** The inline policies of a role, by name. */
const policiesFor = (want: Want, key: string): Record<string, string> =>
  key === 'execution'
    ? { [POLICY]: policyText(executionPolicy(want.config, want.names, location(want))) }
    : {};

const policyFields = (policies: Readonly<Record<string, string>>): string =>
  Object.entries(policies)
    .map(([name, text]) => `${name} ${text}`)
    .sort()
    .join('; ');

const wanted = (want: Want): Map<string, WantedFields> =>
  new Map(
    ROLES.map((key) => [
      key,
      {
        'trust policy': policyText(trustPolicy(location(want))),
        'inline policies': policyFields(policiesFor(want, key)),
        'managed policies': '',
        ...wantedTags(want, 'roles', key),
      },
    ]),
  );

export const roles: Step<'roles'> = {
  diff: (want, found) =>
    compare({
      step: 'roles',
      wanted: wanted(want),
      found: found.roles,
      fieldsOf: (role) => ({
        'trust policy': role.trustPolicy,
        'inline policies': policyFields(role.inlinePolicies),
        'managed policies': [...role.attachedPolicies].sort().join(', '),
        ...tagFields(role.tags),
      }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, want.names.stack, createdAt),
    }),

  async apply(act) {
    const { aws, change, item, names } = act;
    const RoleName = names.role(change.key as (typeof ROLES)[number]);
    const ids = {
      roleName: RoleName,
      roleArn: item?.roleArn ?? roleArn(location(act), names.rolePath, RoleName),
    };
    if (!item) await create(act, RoleName);
    await act.record(ids);
    if (touches(change, 'inline policies')) await setInline(act, RoleName, item);
    if (item && touches(change, 'trust policy')) {
      const PolicyDocument = policyText(trustPolicy(location(act)));
      await aws.iam(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    }
    for (const PolicyArn of touches(change, 'managed policies') ? (item?.attachedPolicies ?? []) : []) {
      await gone(() => aws.iam(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
    }
    await retagRole(act, RoleName);
    return ids;
  },
};

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
async function create(act: Act<'roles'>, RoleName: string): Promise<void> {
  try {
    await act.aws.iam(
      new CreateRoleCommand({
        RoleName,
        Path: act.names.rolePath,
        AssumeRolePolicyDocument: policyText(trustPolicy(location(act))),
        Description: `The ${act.change.key} role of ${act.names.stack}`,
        Tags: upper(act.tags),
      }),
    );
  } catch (error) {
    await adoptNamed(act, error, 'EntityAlreadyExists', `the name ${RoleName}`);
  }
}

async function setInline(act: Act<'roles'>, RoleName: string, item: FoundRole | undefined): Promise<void> {
  const policies = policiesFor(act, act.change.key);
  for (const [PolicyName, PolicyDocument] of Object.entries(policies)) {
    await act.aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }
  for (const PolicyName of Object.keys(item?.inlinePolicies ?? {})) {
    if (PolicyName in policies) continue;
    await gone(() => act.aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  }
}
