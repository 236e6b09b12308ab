// The evaluation of the permissions of a role: its policies, its permissions boundary, and denials in IAM's words.
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { denialOf } from '../../../../sandbox/aws/iam/permission-evaluation.ts';
import { sandbox } from '../../harness.ts';
import { required } from '../ec2/scene.ts';
import { makeRole, permissions } from './making.ts';

const GROUP = 'arn:aws:logs:eu-west-1:000000000000:log-group:/web:log-stream:api';

/** Creates a role, and returns functions that change its policies and evaluate them. */
async function scene() {
  const { iam, region } = await sandbox();
  await makeRole(iam);
  const role = required(region.iam.roles.get('task'));
  const call = { action: 'logs:PutLogEvents', resource: GROUP, session: 'a-task' };
  return {
    put: (statement: object, PolicyName = 'one') =>
      iam.send(
        new PutRolePolicyCommand({ RoleName: 'task', PolicyName, PolicyDocument: permissions(statement) }),
      ),
    attach: (PolicyArn: string) => iam.send(new AttachRolePolicyCommand({ RoleName: 'task', PolicyArn })),
    iam,
    reason: (changes: object = {}) => denialOf(region, role, { ...call, ...changes }),
  };
}

const DENIED = `User: arn:aws:sts::000000000000:assumed-role/task/a-task is not authorized to perform: logs:PutLogEvents on resource: ${GROUP}`;
const NOT_ALLOWED = `${DENIED} because no identity-based policy allows the logs:PutLogEvents action`;

test('a role without policies may do nothing', async () => {
  const { reason } = await scene();
  expect(reason()).toBe(NOT_ALLOWED);
  expect(reason({ resource: undefined })).toBe(NOT_ALLOWED.replace(` on resource: ${GROUP}`, ''));
});

test.each([
  ['its action and any resource', {}, true],
  ['its action in other letters', { Action: 'LOGS:putlogevents' }, true],
  ['a pattern of its action', { Action: 'logs:Put*' }, true],
  ['another action', { Action: 'logs:GetLogEvents' }, false],
  ['all actions but another', { Action: undefined, NotAction: 'logs:GetLogEvents' }, true],
  ['all actions but this one', { Action: undefined, NotAction: 'logs:*' }, false],
  ['a pattern of its resource', { Resource: 'arn:aws:logs:*:*:log-group:/web:*' }, true],
  ['another resource', { Resource: 'arn:aws:logs:*:*:log-group:/db:*' }, false],
  [
    'all resources but this one',
    { Resource: undefined, NotResource: 'arn:aws:logs:*:*:log-group:/web:*' },
    false,
  ],
  [
    'a condition that the sandbox does not know',
    { Condition: { StringEquals: { 'aws:Colour': 'red' } } },
    true,
  ],
])('a statement that allows %s decides', async (_case, statement, isAllowed) => {
  const { put, reason } = await scene();
  await put(statement);
  expect(reason()).toBe(isAllowed ? undefined : NOT_ALLOWED);
});

test('a condition whose key is known decides', async () => {
  const { put, reason } = await scene();
  await put({ Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } });
  expect(reason({ context: { 'aws:sourceaccount': '000000000000' } })).toBeUndefined();
  expect(reason({ context: { 'aws:sourceaccount': '111111111111' } })).toBe(NOT_ALLOWED);
});

test('a denial has priority', async () => {
  const { put, reason } = await scene();
  await put({});
  await put({ Effect: 'Deny', Action: 'logs:*' }, 'two');
  expect(reason()).toBe(`${DENIED} with an explicit deny in an identity-based policy`);
});

test('attached policies of AWS and of the customer allow', async () => {
  const { iam, attach, reason } = await scene();
  const rule = { action: 'elasticloadbalancing:ModifyRule' };
  const resource = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:listener-rule/app/web/1/2/3';
  await attach('arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers');
  expect(reason({ ...rule, resource })).toBeUndefined();
  expect(reason({ action: 'elasticloadbalancing:DeleteRule', resource })).toMatch(/no identity-based policy/);
  expect(reason()).toBe(NOT_ALLOWED);
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'logs', PolicyDocument: permissions() }),
  );
  await attach(required(Policy?.Arn));
  expect(reason()).toBeUndefined();
});

test('a permissions boundary must allow as well', async () => {
  const { iam, put, reason } = await scene();
  await put({});
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers';
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'task', PermissionsBoundary }));
  expect(reason()).toBe(`${DENIED} because no permissions boundary allows the logs:PutLogEvents action`);
});
