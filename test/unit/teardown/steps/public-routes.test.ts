// The removal of a public route table: the calls that it makes in each case.
import { DeleteRouteTableCommand, DisassociateRouteTableCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { publicRoutes } from '../../../../teardown/steps/public-routes.ts';
import { awsError, mocks, sent, removeContextOf } from '../../step-harness.ts';
import { network } from '../../network.ts';

const found = network().publicRoutes[''];
const remove = (item = found) => publicRoutes.remove(removeContextOf({ noun: 'publicRoutes' }, item));
const disassociations = ['subnet-a', 'subnet-b'].map((subnet) => ({
  command: 'DisassociateRouteTable',
  input: { AssociationId: `rtbassoc-${subnet}` },
}));
const deletion = { command: 'DeleteRouteTable', input: { RouteTableId: 'rtb-1' } };

test('removes what is ours', async () => {
  mocks.ec2.on(DisassociateRouteTableCommand).resolves({});
  mocks.ec2.on(DeleteRouteTableCommand).resolves({});
  await remove();
  expect(sent()).toEqual([...disassociations, deletion]);
});

test('removes what is ours: a route table without associations is deleted directly', async () => {
  mocks.ec2.on(DeleteRouteTableCommand).resolves({});
  await remove({ ...found, associations: {} });
  expect(sent()).toEqual([deletion]);
});

test('removes what is ours: retries until AWS no longer shows a removed association', async () => {
  mocks.ec2.on(DisassociateRouteTableCommand).resolves({});
  mocks.ec2.on(DeleteRouteTableCommand).rejectsOnce(awsError('DependencyViolation')).resolves({});
  await remove();
  expect(sent()).toEqual([...disassociations, deletion, deletion]);
});

test('counts what is already gone as removed', async () => {
  mocks.ec2.on(DisassociateRouteTableCommand).rejects(awsError('InvalidAssociationID.NotFound'));
  mocks.ec2.on(DeleteRouteTableCommand).rejects(awsError('InvalidRouteTableID.NotFound'));
  await remove();
  expect(sent()).toEqual([...disassociations, deletion]);
});

test('explains refusal', async () => {
  const refusal = awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  mocks.ec2.on(DisassociateRouteTableCommand).rejects(refusal);
  await expect(remove()).rejects.toBe(refusal);
  expect(sent()).not.toContainEqual(deletion);
});
