/** The kinds of messages about tasks that did not start because of their execution role. */
import type { StartContext, StartKind } from './start-kinds.ts';

const actionIn = ({ match }: StartContext): string => match.groups?.['action'] ?? 'the call';

/** The fix for a role that lacks a permission: Slipway restores only the policy of a role that it has created. */
const permissionFix = ({ facts }: StartContext, action: string): string[] => {
  const { executionRole } = facts.service;
  return executionRole === undefined
    ? ['npm run provision, which restores the policy of the execution role']
    : [`Allow ${action} in a policy of ${executionRole}, which executionRole names.`];
};

const DENIED = String.raw`not authorized to perform: (?<action>[\w:-]+)`;

/**
 * The kinds of messages, the most specific first.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export const ROLE_START_KINDS: readonly StartKind[] = [
  {
    pattern: new RegExp(`${DENIED}.*permissions boundary`, 's'),
    isPermanent: true,
    what: (context) => `the permissions boundary of the execution role does not allow ${actionIn(context)}`,
    fix: (context) => [
      context.facts.service.executionRole === undefined
        ? `Allow ${actionIn(context)} in the policy that permissionsBoundary names.`
        : `Allow ${actionIn(context)} in the permissions boundary of ${context.facts.service.executionRole}.`,
    ],
  },
  {
    pattern: new RegExp(`${DENIED}.*(?:service|resource) control policy`, 's'),
    isPermanent: true,
    what: (context) => `a policy of the organization does not allow ${actionIn(context)}`,
    fix: (context) => [`Ask the administrators of the organization to allow ${actionIn(context)}.`],
  },
  {
    pattern: new RegExp(DENIED),
    isPermanent: true,
    what: (context) => `the execution role lacks the permission ${actionIn(context)}`,
    fix: (context) => permissionFix(context, actionIn(context)),
  },
  {
    pattern:
      /role has the permissions to pull|\.dkr[.-]ecr\S* .*403 Forbidden|\.dkr[.-]ecr\S+: 403 Forbidden/s,
    isPermanent: true,
    what: () => 'the execution role lacks the permissions to pull images',
    fix: (context) => permissionFix(context, 'ecr:BatchGetImage and ecr:GetDownloadUrlForLayer'),
  },
];
