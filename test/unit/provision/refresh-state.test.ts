// Refreshing the state after a survey, so that it contains exactly the resources that were found.
import { DescribeVpcAttributeCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { lookVpc } from '../../../lib/look/vpc.ts';
import { recordedIn } from '../../../lib/look/context.ts';
import { openState, type State } from '../../../lib/state/state.ts';
import { toPascalCaseTags } from '../../../lib/derive/tags.ts';
import { refreshState } from '../../../provision/refresh-state.ts';
import { steps } from '../../../provision/plan.ts';
import { awsError, mocks, ourTags, lookContextOf, surveyOf, testClock, diffOf } from '../step-harness.ts';
import { useFolder } from '../lib/state/folder.ts';
import { network } from '../network.ts';

const path = useFolder();
let state: State;
const VPC = { vpc: { vpcId: 'vpc-1' } };
beforeEach(async () => {
  const guard = { stack: 'shop-dev', account: '111122223333', region: 'eu-west-1', endpoint: 'aws' };
  state = await openState(path('dev.json'), guard, testClock());
});

test('a resource that was found but not recorded is recorded', async () => {
  const { vpc, subnets } = network();
  await refreshState(state, surveyOf({ vpc, subnets: { 'public-1': subnets['public-1'] } }));
  expect(state.data.resources).toEqual({
    ...VPC,
    'subnets.public-1': { subnetId: 'subnet-a', zone: 'eu-west-1a' },
  });
});

test('the new id of a manually recreated resource is recorded', async () => {
  await state.record('vpc', { vpcId: 'vpc-0' });
  await refreshState(state, surveyOf({ vpc: network().vpc }));
  expect(state.data.resources).toEqual(VPC);
});

test('a deleted resource is forgotten, and its successor gets a new generation', async () => {
  await state.record('vpc', { vpcId: 'vpc-1' });
  await refreshState(state, surveyOf());
  expect(state.data).toMatchObject({ resources: {}, generations: { vpc: 1 } });
});

test('the intent of a create whose response was lost is kept', async () => {
  const intent = await state.intend('vpc');
  await refreshState(state, surveyOf());
  expect(state.data.intents).toEqual({ vpc: intent });
});

test('the intent of a resource that was found is closed', async () => {
  await state.intend('vpc');
  await refreshState(state, surveyOf({ vpc: network().vpc }));
  expect(state.data).toMatchObject({ resources: VPC, intents: {} });
});

test('nothing is written if everything is already recorded', async () => {
  await state.record('vpc', { vpcId: 'vpc-1' });
  const before = JSON.stringify(state.data);
  await refreshState(state, surveyOf({ vpc: network().vpc }));
  expect(JSON.stringify(state.data)).toBe(before);
});

/** Returns the changes of the VPC and the recorded ids, as a run sees them right after another run was killed. */
async function runAgain() {
  await state.record('vpc', { vpcId: 'vpc-1' });
  const found = surveyOf({
    vpc: Object.fromEntries(
      await lookVpc({ ...lookContextOf(), recorded: recordedIn(state.data.resources) }),
    ),
  });
  await refreshState(state, found);
  return { changes: diffOf(steps.vpc, found), resources: state.data.resources };
}

test('while filtered lists do not return a recorded VPC yet, it is neither forgotten nor created twice', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [] });
  mocks.ec2.on(DescribeVpcsCommand, { VpcIds: ['vpc-1'] }).resolves({
    Vpcs: [
      {
        VpcId: 'vpc-1',
        CidrBlock: '10.0.0.0/16',
        State: 'available',
        Tags: toPascalCaseTags(ourTags('vpc')),
      },
    ],
  });
  mocks.ec2
    .on(DescribeVpcAttributeCommand)
    .resolves({ EnableDnsSupport: { Value: true }, EnableDnsHostnames: { Value: true } });
  expect(await runAgain()).toEqual({ changes: [], resources: VPC });
});

test('a VPC that no longer exists is forgotten and created again', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [] });
  mocks.ec2
    .on(DescribeVpcsCommand, { VpcIds: ['vpc-1'] })
    .rejects(awsError('InvalidVpcID.NotFound', 'The vpc ID does not exist'));
  expect(await runAgain()).toMatchObject({ changes: [{ verb: 'create' }], resources: {} });
});
