/** Read operations on users. The sandbox has one user, who belongs to no group and has no policies. */
import type * as IAM from '@aws-sdk/client-iam';
import type { User } from '@aws-sdk/client-iam';
import type { Caller, Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { checkName } from './checks.ts';
import { userNotFound, validationError } from './errors.ts';
import { userArn, USER_ID, USER_NAME } from './user.ts';

const PATH = '/';
/** The time at which the account and its user were created, in every world. */
const CREATED = new Date('2026-01-01T00:00:00Z');

const viewOf = (region: Region): User => ({
  Path: PATH,
  UserName: USER_NAME,
  UserId: USER_ID,
  Arn: userArn(region),
  CreateDate: CREATED,
});

/** Checks that a call names the user of the sandbox. @throws ValidationError, NoSuchEntity */
function checkUser(given: string | undefined): void {
  const name = checkName(given, 'userName');
  if (name.toLowerCase() !== USER_NAME) throw userNotFound(name);
}

/** Checks that a call names the user of the sandbox, or that the caller is the user. */
function checkUserOrCaller(given: string | undefined, { role }: Caller): void {
  if (given !== undefined) return checkUser(given);
  if (role) throw validationError('Must specify userName when calling with non-User credentials');
}

export const userOperations = {
  GetUser: {
    inputMembers: ['UserName'],
    run(input, region, caller) {
      checkUserOrCaller(input.UserName, caller);
      return { User: viewOf(region) };
    },
  },

  ListUsers: {
    inputMembers: ['PathPrefix', 'MaxItems', 'Marker'],
    run: ({ PathPrefix = PATH }, region) => ({
      Users: PATH.startsWith(PathPrefix) ? [viewOf(region)] : [],
      IsTruncated: false,
    }),
  },

  ListUserTags: {
    inputMembers: ['UserName', 'MaxItems', 'Marker'],
    run(input) {
      checkUser(input.UserName);
      return { Tags: [], IsTruncated: false };
    },
  },

  ListUserPolicies: {
    inputMembers: ['UserName', 'MaxItems', 'Marker'],
    run(input) {
      checkUser(input.UserName);
      return { PolicyNames: [], IsTruncated: false };
    },
  },

  ListAttachedUserPolicies: {
    inputMembers: ['UserName', 'PathPrefix', 'MaxItems', 'Marker'],
    run(input) {
      checkUser(input.UserName);
      return { AttachedPolicies: [], IsTruncated: false };
    },
  },

  ListGroupsForUser: {
    inputMembers: ['UserName', 'MaxItems', 'Marker'],
    run(input) {
      checkUser(input.UserName);
      return { Groups: [], IsTruncated: false };
    },
  },

  ListMFADevices: {
    inputMembers: ['UserName', 'MaxItems', 'Marker'],
    run(input, _region, caller) {
      checkUserOrCaller(input.UserName, caller);
      return { MFADevices: [], IsTruncated: false };
    },
  },
} satisfies Operations<typeof IAM>;
