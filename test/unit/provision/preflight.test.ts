// The preflight of a provision on AWS: what stops it before the first change, and what is only reported.
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { beforeEach, expect, test } from '@jest/globals';
import type { Event } from '../../../lib/model/report.ts';
import { checkPreflight } from '../../../provision/preflight.ts';
import { awsError, config, lookContextOf, mocks, sentCalls, surveyOf } from '../step-harness.ts';

const events: Event[] = [];
const changes = [{ noun: 'vpc', key: '', verb: 'create', fields: [], reason: '' }] as never;
const run = { report: (event: Event) => void events.push(event), signal: new AbortController().signal };
const check = (options: { plan?: boolean; preflight?: boolean } = {}, stack = config(), planned = changes) =>
  checkPreflight(
    { ...lookContextOf(stack), caller: 'arn:aws:iam::111122223333:user/me', run },
    { changes: planned, found: surveyOf() },
    { plan: false, preflight: true, ...options },
  );
const texts = () => events.map(({ type, text }) => `${type}: ${text}`);

/** Lets the simulator give every action the same decision, and the account have some VPCs. */
function account(decision: 'allowed' | 'implicitDeny', vpcs: number): void {
  mocks.iam.on(SimulatePrincipalPolicyCommand).callsFake(({ ActionNames }: { ActionNames: string[] }) => ({
    EvaluationResults: ActionNames.map((EvalActionName) => ({ EvalActionName, EvalDecision: decision })),
  }));
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: Array.from({ length: vpcs }, () => ({})) });
  mocks.servicequotas.on(GetServiceQuotaCommand).resolves({ Quota: { Value: 5 } });
}

beforeEach(() => {
  events.length = 0;
});

test('if everything is allowed, nothing is reported', async () => {
  account('allowed', 1);
  await check();
  expect(texts()).toEqual([]);
});

test('denied actions stop it, and each is named with its resource', async () => {
  account('implicitDeny', 1);
  await expect(check()).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    what: 'The caller may not perform 5 actions that this provision needs.',
    why: expect.stringMatching(
      /^ec2:CreateVpc on arn:aws:ec2:eu-west-1:111122223333:vpc\/vpc-\w+: no policy allows it\./,
    ),
    now: 'Nothing was changed.',
    fix: [expect.anything(), expect.stringMatching(/--no-preflight/)],
  });
});

test('a full quota stops it, with the request for more', async () => {
  account('allowed', 5);
  await expect(check()).rejects.toMatchObject({
    code: 'QUOTA',
    why: 'VPCs: 5 of 5 in use, the stack adds 1.',
    fix: [expect.stringMatching(/--desired-value 6 /), expect.anything()],
  });
});

test('both are reported together', async () => {
  account('implicitDeny', 5);
  await expect(check()).rejects.toMatchObject({ code: 'SURROUNDINGS' });
});

test('a plan only warns', async () => {
  account('implicitDeny', 5);
  await check({ plan: true });
  expect(texts()).toEqual([
    expect.stringMatching(/^warning: The caller may not perform 5 actions/),
    expect.stringMatching(/^warning: A quota of the account would be exceeded\. VPCs: 5 of 5/),
  ]);
});

test('what cannot be checked is a note, and the provision goes on', async () => {
  mocks.iam.on(SimulatePrincipalPolicyCommand).rejects(awsError('AccessDenied', 'no simulation', 403));
  mocks.ec2.on(DescribeVpcsCommand).rejects(awsError('UnauthorizedOperation', 'no VPCs', 403));
  mocks.servicequotas.on(GetServiceQuotaCommand).rejects(awsError('AccessDeniedException', 'no', 403));
  await check();
  expect(texts()).toEqual([
    'note: the permissions were not checked: no simulation',
    'note: some quotas were not checked: no VPCs',
  ]);
});

test.each([
  ['on the sandbox', {}, config({ target: 'sandbox' }), changes],
  ['without changes', {}, config(), [] as never],
  ['with --no-preflight', { preflight: false }, config(), changes],
])('nothing is asked %s', async (_case, options, stack, planned) => {
  await check(options, stack, planned);
  expect(sentCalls()).toEqual([]);
});
