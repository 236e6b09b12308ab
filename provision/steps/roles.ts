/** The roles: for ECS to start tasks, for the tasks, which permits nothing yet, for ECS to shift requests, and for flow logs. */
import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { retagRole } from '../../lib/aws/retag.ts';
import { shiftsTraffic } from '../../lib/config/config.ts';
import { roleArn } from '../../lib/derive/arns.ts';
import { FLOW_LOGS } from '../../lib/derive/names.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import {
  executionPolicy,
  flowLogsPolicy,
  flowLogsTrustPolicy,
  infrastructurePolicy,
  infrastructureTrustPolicy,
  policyText,
  trustPolicy,
} from '../../lib/derive/policies.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import { ROLES } from '../../lib/look/roles.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';

type Field = 'trust policy' | 'inline policies' | 'managed policies' | TagField;
type Context = ApplyContext<'roles', Field>;

/** The name of a role's inline policy. */
const POLICY_NAME = 'slipway';

const locationOf = ({ config, account }: Desired) => ({ region: config.region, account });

const POLICIES = {
  execution: executionPolicy,
  infrastructure: infrastructurePolicy,
  [FLOW_LOGS]: flowLogsPolicy,
};

/** The inline policies of a role, keyed by name. */
function policiesFor(desired: Desired, key: string): Record<string, string> {
  const { [key as keyof typeof POLICIES]: policy } = POLICIES;
  return policy
    ? { [POLICY_NAME]: policyText(policy(desired.config, desired.names, locationOf(desired))) }
    : {};
}

const trustPolicyFor = (desired: Desired, key: string): string =>
  policyText(
    key === 'infrastructure'
      ? infrastructureTrustPolicy
      : key === FLOW_LOGS
        ? flowLogsTrustPolicy(locationOf(desired))
        : trustPolicy(locationOf(desired)),
  );

/** The keys of the roles that a stack needs: only services that shift requests need the infrastructure role. */
const rolesFor = ({ config }: Desired) =>
  ROLES.filter((key) => {
    if (key === 'infrastructure') return config.services.some(shiftsTraffic);
    return key !== FLOW_LOGS || config.flowLogs;
  });

const policiesField = (policies: Readonly<Record<string, string>>): string =>
  Object.entries(policies)
    .map(([name, text]) => `${name} ${text}`)
    .sort()
    .join('; ');

const desiredFields = (desired: Desired): Map<string, DesiredFields<Field>> =>
  new Map(
    rolesFor(desired).map((key) => [
      key,
      {
        'trust policy': trustPolicyFor(desired, key),
        'inline policies': policiesField(policiesFor(desired, key)),
        'managed policies': '',
        ...desiredTags(desired, 'roles', key),
      },
    ]),
  );

export const roles: Step<'roles', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'roles',
      desired: desiredFields(desired),
      found: found.roles,
      fieldsOf: (role) => ({
        'trust policy': role.trustPolicy,
        'inline policies': policiesField(role.inlinePolicies),
        'managed policies': [...role.attachedPolicies].sort().join(', '),
        ...tagFields(role.tags),
      }),
      whyForeign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }),

  /** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
  async create(context) {
    const { change, names, tags } = context;
    const RoleName = names.role(change.key as (typeof ROLES)[number]);
    try {
      const { Role } = await context.aws.iam(
        new CreateRoleCommand({
          RoleName,
          Path: names.rolePath,
          AssumeRolePolicyDocument: trustPolicyFor(context, change.key),
          Description: `The ${change.key} role of ${names.stack}`,
          Tags: toPascalCaseTags(tags),
        }),
      );
      const computedArn = roleArn(locationOf(context), names.rolePath, RoleName);
      return { roleName: RoleName, roleArn: Role?.Arn ?? computedArn };
    } catch (error) {
      const ours = await adoptByName(context, error, 'EntityAlreadyExists', `the name ${RoleName}`);
      return { roleName: RoleName, roleArn: ours.roleArn };
    }
  },

  async configure(context, { roleName: RoleName }) {
    if (!touches(context.change, 'inline policies')) return;
    const policies = policiesFor(context, context.change.key);
    for (const [PolicyName, PolicyDocument] of Object.entries(policies)) {
      await context.aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    }
    await deleteInlinePolicies(context, RoleName, policies);
  },

  async update(context, { roleName: RoleName, attachedPolicies }) {
    const { aws, change } = context;
    if (touches(change, 'trust policy')) {
      const PolicyDocument = trustPolicyFor(context, change.key);
      await aws.iam(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    }
    for (const PolicyArn of touches(change, 'managed policies') ? attachedPolicies : []) {
      await ignoringNotFound(() => aws.iam(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
    }
    await retagRole(context, RoleName);
  },
};

/** Deletes the undesired inline policies of a role. */
async function deleteInlinePolicies(
  { aws, existing }: Context,
  RoleName: string,
  desired: Readonly<Record<string, string>>,
): Promise<void> {
  for (const PolicyName of Object.keys(existing?.inlinePolicies ?? {})) {
    if (PolicyName in desired) continue;
    await ignoringNotFound(() => aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  }
}
