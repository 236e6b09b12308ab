// The causes of tasks that do not start because of their execution role, from AWS's exact messages.
import { expect, test } from '@jest/globals';
import { findCause } from '../../../../lib/diagnosis/cause.ts';
import { factsWith, taskWith } from './facts.ts';

const SIGN_IN =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, RequestID: 1, api error AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/shop/1 is not authorized to perform: ecr:GetAuthorizationToken on resource: * ';
const HOST = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const PULL = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${HOST}/shop:1: pulling from host ${HOST} failed with status code [manifests 1]: 403 Forbidden`;
const LAYER = `CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://${HOST}/v2/shop/blobs/sha256:1: 403 Forbidden`;
const ROLE = 'arn:aws:iam::111122223333:role/starter';

const BOUNDARY = 'the permissions boundary of the execution role does not allow ecr:GetAuthorizationToken';
const ORGANIZATION = 'a policy of the organization does not allow ecr:GetAuthorizationToken';
const POLICY = 'the execution role lacks the permission ecr:GetAuthorizationToken';
const PULLS = 'the execution role lacks the permissions to pull images';

test.each<[reason: string, what: string, ownFix: RegExp, otherFix: RegExp]>([
  [
    `${SIGN_IN}because no identity-based policy allows the ecr:GetAuthorizationToken action`,
    POLICY,
    /^npm run provision/,
    /^Allow ecr:GetAuthorizationToken in a policy of arn/,
  ],
  [
    `${SIGN_IN}because no permissions boundary allows the ecr:GetAuthorizationToken action`,
    BOUNDARY,
    /^Allow ecr:GetAuthorizationToken in the policy that permissionsBoundary names\.$/,
    /in the permissions boundary of arn:aws:iam::111122223333:role\/starter\.$/,
  ],
  [`${SIGN_IN}with an explicit deny in a permissions boundary`, BOUNDARY, /^Allow/, /^Allow/],
  [
    `${SIGN_IN}with an explicit deny in a service control policy`,
    ORGANIZATION,
    /^Ask the administrators/,
    /^Ask the administrators/,
  ],
  [PULL, PULLS, /^npm run provision/, /^Allow ecr:BatchGetImage/],
  [LAYER, PULLS, /^npm run provision/, /^Allow ecr:BatchGetImage/],
])('%s', (stoppedReason, what, ownFix, otherFix) => {
  const tasks = [taskWith({ stopCode: 'TaskFailedToStart', stoppedReason })];
  const facts = factsWith({ tasks });
  for (const [executionRole, fix] of [
    [undefined, ownFix],
    [ROLE, otherFix],
  ] as const) {
    const cause = findCause({ ...facts, service: { ...facts.service, executionRole } });
    expect(cause).toMatchObject({ what, isPermanent: true });
    expect(cause?.fix[0]).toMatch(fix);
  }
});
