/** Temporary credentials for roles and for the user. */
import type * as STS from '@aws-sdk/client-sts';
import { refusal } from '../../protocol/refusal.ts';
import type { Caller, Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { UnsupportedCondition, type RequestContext } from '../iam/conditions.ts';
import type { RoleRow } from '../iam/store.ts';
import { isTrusted } from '../iam/trust-evaluation.ts';
import { USER_NAME } from '../iam/user.ts';
import { accessDenied, cannotAssume, validationError } from './errors.ts';
import { makeSession, sessionArn } from './sessions.ts';

const DEFAULT_ROLE_SESSION_S = 3600;
const DEFAULT_USER_SESSION_S = 43_200;
/** The maximum for a role that is assumed with temporary credentials. */
const MAX_CHAINED_SESSION_S = 3600;

type AssumeRoleInput = STS.AssumeRoleCommandInput;

/** Returns the values of the condition keys of a call. The sandbox's account belongs to no organization. */
const contextOf = (
  { account, name }: Region,
  caller: Caller,
  { ExternalId, RoleSessionName }: AssumeRoleInput,
  sourceIdentity: string | undefined,
): RequestContext => ({
  'sts:externalid': ExternalId,
  'sts:rolesessionname': RoleSessionName,
  'sts:sourceidentity': sourceIdentity,
  'aws:principalaccount': account,
  'aws:principalarn': caller.role?.arn ?? caller.arn,
  'aws:principalorgid': undefined,
  'aws:principaltype': caller.role ? 'AssumedRole' : 'User',
  'aws:userid': caller.userId,
  'aws:username': caller.role ? undefined : USER_NAME,
  'aws:requestedregion': name,
  'aws:securetransport': 'false',
  'aws:sourceaccount': undefined,
  'aws:sourcearn': undefined,
  'aws:sourceidentity': caller.sourceIdentity,
  // Temporary credentials always have this key, and no caller of the sandbox has a second factor.
  'aws:multifactorauthpresent': caller.isTemporary ? 'false' : undefined,
});

/** Returns the role with the given ARN, if it exists and STS already knows it. @throws ValidationError */
function roleWithArn(region: Region, arn = ''): RoleRow | undefined {
  const [, partition, path] = /^arn:([\w-]+):iam::\d{12}:role\/(.+)$/.exec(arn) ?? [];
  if (path === undefined || partition !== region.partition.id) throw validationError(`${arn} is invalid`);
  const role = region.iam.roles.get(path.slice(path.lastIndexOf('/') + 1).toLowerCase());
  if (role?.Arn !== arn) return undefined;
  const { RoleId: id, CreateDate: changedAt } = role;
  const time = region.visibleAt({ lag: 'iamLagMs', id, consumer: 'sts AssumeRole', changedAt });
  return time <= region.now().getTime() ? role : undefined;
}

/**
 * Returns the role if the caller may assume it. The refusal does not reveal whether the role exists.
 * @throws AccessDenied, NotImplemented for a condition that the sandbox cannot evaluate
 */
function assumableRole(
  region: Region,
  caller: Caller,
  input: AssumeRoleInput,
  sourceIdentity: string | undefined,
): RoleRow {
  const role = roleWithArn(region, input.RoleArn);
  const denialOf = (action: string) => cannotAssume(caller.arn, action, input.RoleArn ?? '');
  if (!role) throw denialOf('sts:AssumeRole');
  const context = contextOf(region, caller, input, sourceIdentity);
  const requireTrust = (action: string): void => {
    if (!isTrusted(region, role, { caller }, action, context)) throw denialOf(action);
  };
  try {
    requireTrust('sts:AssumeRole');
    if (sourceIdentity !== undefined) requireTrust('sts:SetSourceIdentity');
  } catch (error) {
    if (!(error instanceof UnsupportedCondition)) throw error;
    throw refusal(
      'NotImplemented',
      `The sandbox does not support ${error.message} in trust policies yet`,
      501,
    );
  }
  return role;
}

export const assumeRoleOperations = {
  /** Evaluates only the trust policy of the role, and no permission policies of the caller. */
  AssumeRole: {
    inputMembers: ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId', 'SourceIdentity'],
    run(input, region, caller) {
      // A session that assumes a role passes its source identity on to the new session.
      const sourceIdentity = caller.sourceIdentity ?? input.SourceIdentity;
      if ((input.SourceIdentity ?? sourceIdentity) !== sourceIdentity) {
        throw cannotAssume(caller.arn, 'sts:SetSourceIdentity', input.RoleArn ?? '');
      }
      const role = assumableRole(region, caller, input, sourceIdentity);
      const { RoleName: name, RoleId: id, MaxSessionDuration } = role;
      const { DurationSeconds: seconds = DEFAULT_ROLE_SESSION_S, RoleSessionName: session = '' } = input;
      if (caller.isTemporary && seconds > MAX_CHAINED_SESSION_S) {
        throw validationError(
          'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
        );
      }
      if (seconds > MaxSessionDuration) {
        throw validationError(
          'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
        );
      }
      return {
        Credentials: makeSession(region, seconds, { role: { id, name, session }, sourceIdentity }),
        AssumedRoleUser: { AssumedRoleId: `${id}:${session}`, Arn: sessionArn(region, name, session) },
        SourceIdentity: sourceIdentity,
      };
    },
  },

  GetSessionToken: {
    inputMembers: ['DurationSeconds'],
    run({ DurationSeconds: seconds = DEFAULT_USER_SESSION_S }, region, caller) {
      if (caller.isTemporary) throw accessDenied('Cannot call GetSessionToken with session credentials');
      const Credentials = makeSession(region, seconds, {});
      region.changed();
      return { Credentials };
    },
  },
} satisfies Operations<typeof STS>;
