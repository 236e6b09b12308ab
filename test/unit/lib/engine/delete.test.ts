// When a delete counts as done.
import { expect, test } from '@jest/globals';
import { ignoringNotFound } from '../../../../lib/engine/delete.ts';
import { awsError } from '../../errors.ts';

const failing = (error: Error) => () => Promise.reject(error);

test('a delete that succeeds is done', async () => {
  await expect(ignoringNotFound(async () => 'ok')).resolves.toBeUndefined();
});

test.each(['InvalidVpcID.NotFound', 'NatGatewayNotFound', 'NoSuchEntity', 'ClusterNotFoundException'])(
  'a delete of a missing resource (%s) is done',
  async (code) => {
    await expect(ignoringNotFound(failing(awsError(code)))).resolves.toBeUndefined();
  },
);

test.each(['DependencyViolation', 'UnauthorizedOperation', 'AuthFailure', 'InternalError'])(
  'a delete that fails with any other error (%s) is not',
  async (code) => {
    const error = awsError(code);
    await expect(ignoringNotFound(failing(error))).rejects.toBe(error);
  },
);

test('callers can define which errors mean gone', async () => {
  const released = async (error: unknown) => error === done;
  const done = awsError('AuthFailure');
  await expect(ignoringNotFound(failing(done), released)).resolves.toBeUndefined();
  const other = awsError('InvalidNetworkInterfaceID.NotFound');
  await expect(ignoringNotFound(failing(other), released)).rejects.toBe(other);
});
