/** The roles: one for ECS to start tasks, one for the tasks, which permits nothing yet, and one for ECS to shift requests. */
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
import { withFormerSecrets } from '../../lib/derive/former-secrets.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import {
  executionPolicy,
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
import type { Survey } from '../../lib/look/found.ts';
import { ROLES } from '../../lib/look/roles.ts';
import { resolvedIn } from '../../lib/look/secrets.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';

type Field = 'trust policy' | 'inline policies' | 'managed policies' | TagField;
type Context = ApplyContext<'roles', Field>;

/** The name of a role's inline policy. */
const POLICY_NAME = 'slipway';

const locationOf = ({ config, account }: Desired) => ({ region: config.region, account });

const POLICIES = { execution: executionPolicy, infrastructure: infrastructurePolicy };

/** The inline policies of a role, keyed by name. */
function policiesFor(desired: Desired, found: Pick<Survey, 'secrets'>, key: string): Record<string, string> {
  const { [key as keyof typeof POLICIES]: policy } = POLICIES;
  if (!policy) return {};
  const secrets = resolvedIn(found.secrets);
  return { [POLICY_NAME]: policyText(policy(desired.config, desired.names, locationOf(desired), secrets)) };
}

const trustPolicyFor = (desired: Desired, key: string): string =>
  policyText(key === 'infrastructure' ? infrastructureTrustPolicy : trustPolicy(locationOf(desired)));

/** The keys of the roles that a stack needs: only services that shift requests need the infrastructure role. */
const rolesFor = ({ config }: Desired) =>
  ROLES.filter((key) => key !== 'infrastructure' || config.services.some(shiftsTraffic));

const policiesField = (policies: Readonly<Record<string, string>>): string =>
  Object.entries(policies)
    .map(([name, text]) => `${name} ${text}`)
    .sort()
    .join('; ');

const desiredFields = (desired: Desired, found: Survey): Map<string, DesiredFields<Field>> =>
  new Map(
    rolesFor(desired).map((key) => [
      key,
      {
        'trust policy': trustPolicyFor(desired, key),
        'inline policies': policiesField(policiesFor(desired, found, key)),
        'managed policies': '',
        ...desiredTags(desired, 'roles', key),
      },
    ]),
  );

export const roles: Step<'roles', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'roles',
      desired: desiredFields(desired, found),
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
    const policies = policiesFor(context, context.found, context.change.key);
    const former = context.existing?.inlinePolicies ?? {};
    for (const [PolicyName, desired] of Object.entries(policies)) {
      const PolicyDocument = withFormerSecrets(desired, former[PolicyName]);
      await context.aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    }
    await deleteInlinePolicies(context, RoleName, policies);
  },

  /** Takes the permissions for former secrets away, once no deployment can return to a version that needs them. */
  async cleanUp(context) {
    const { aws, change, existing, found } = context;
    if (existing === undefined || !touches(change, 'inline policies')) return;
    const RoleName = existing.roleName;
    for (const [PolicyName, PolicyDocument] of Object.entries(policiesFor(context, found, change.key))) {
      if (withFormerSecrets(PolicyDocument, existing.inlinePolicies[PolicyName]) === PolicyDocument) continue;
      await aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    }
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
