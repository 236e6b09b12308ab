/** For unit tests: the cases that the removals of public and private route tables share. */
import { DeleteRouteTableCommand, DisassociateRouteTableCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import type { FoundRouteTable } from '../../../../lib/look/route-tables.ts';
import { awsError, mocks, sentCalls } from '../../step-harness.ts';

/**
 * Registers the tests of a removal.
 * @param found the route table to remove
 * @param expected its id and its associated subnets, in the order in which the removal disassociates them
 * @param remove runs the removal
 */
export function testRouteTableRemoval(
  found: FoundRouteTable,
  expected: { readonly routeTableId: string; readonly subnets: readonly string[] },
  remove: (table: FoundRouteTable) => Promise<unknown>,
): void {
  const disassociateCalls = expected.subnets.map((subnet) => ({
    command: 'DisassociateRouteTable',
    input: { AssociationId: `rtbassoc-${subnet}` },
  }));
  const deleteCall = { command: 'DeleteRouteTable', input: { RouteTableId: expected.routeTableId } };

  test('removes what is ours', async () => {
    mocks.ec2.on(DisassociateRouteTableCommand).resolves({});
    mocks.ec2.on(DeleteRouteTableCommand).resolves({});
    await remove(found);
    expect(sentCalls()).toEqual([...disassociateCalls, deleteCall]);
  });

  test('removes what is ours: a route table without associations is deleted directly', async () => {
    mocks.ec2.on(DeleteRouteTableCommand).resolves({});
    await remove({ ...found, associations: {} });
    expect(sentCalls()).toEqual([deleteCall]);
  });

  test('removes what is ours: retries until AWS no longer shows a removed association', async () => {
    mocks.ec2.on(DisassociateRouteTableCommand).resolves({});
    mocks.ec2.on(DeleteRouteTableCommand).rejectsOnce(awsError('DependencyViolation')).resolves({});
    await remove(found);
    expect(sentCalls()).toEqual([...disassociateCalls, deleteCall, deleteCall]);
  });

  test('counts a missing resource as removed', async () => {
    mocks.ec2.on(DisassociateRouteTableCommand).rejects(awsError('InvalidAssociationID.NotFound'));
    mocks.ec2.on(DeleteRouteTableCommand).rejects(awsError('InvalidRouteTableID.NotFound'));
    await remove(found);
    expect(sentCalls()).toEqual([...disassociateCalls, deleteCall]);
  });

  test('throws the error when AWS refuses a call', async () => {
    const refusal = awsError(
      'UnauthorizedOperation',
      'You are not authorized to perform this operation.',
      403,
    );
    mocks.ec2.on(DisassociateRouteTableCommand).rejects(refusal);
    await expect(remove(found)).rejects.toBe(refusal);
    expect(sentCalls()).not.toContainEqual(deleteCall);
  });
}
