// The errors of a delete call that count as success.
import { describe, expect, test } from '@jest/globals';
import { isCode, isNotFound, hasErrorResponse, isTransient } from '../../../../lib/aws/errors.ts';
import { ignoringNotFound, throwingRefusals } from '../../../../lib/engine/delete.ts';
import { awsError } from '../../errors.ts';

const failing = (error: Error) => (): Promise<never> => Promise.reject(error);

test('a delete that AWS accepts succeeds', async () => {
  await expect(ignoringNotFound(async () => 'ok')).resolves.toBeUndefined();
});

test.each(['InvalidVpcID.NotFound', 'NatGatewayNotFound', 'NoSuchEntity', 'ClusterNotFoundException'])(
  'a delete of a missing resource (%s) succeeds',
  async (code) => {
    await expect(ignoringNotFound(failing(awsError(code)))).resolves.toBeUndefined();
  },
);

test.each(['DependencyViolation', 'UnauthorizedOperation', 'AuthFailure', 'InternalError'])(
  'a delete that AWS answers with another error (%s) fails',
  async (code) => {
    const error = awsError(code);
    await expect(ignoringNotFound(failing(error))).rejects.toBe(error);
  },
);

test('the caller can choose which errors count as "not found"', async () => {
  const releasedError = awsError('AuthFailure');
  const isReleased = async (error: unknown) => error === releasedError;
  await expect(ignoringNotFound(failing(releasedError), isReleased)).resolves.toBeUndefined();
  const other = awsError('InvalidNetworkInterfaceID.NotFound');
  await expect(ignoringNotFound(failing(other), isReleased)).rejects.toBe(other);
});

describe('a delete that reports refusals in its response', () => {
  const reporting =
    (...refusals: { code?: string; message?: string }[]) =>
    async () =>
      refusals;
  const missing = { code: 'InvalidVpcEndpointId.NotFound', message: 'no such endpoint' };
  const refusal = { code: 'InvalidParameter', message: 'not now' };

  test('succeeds if it reports no refusals', async () => {
    await expect(throwingRefusals(reporting())).resolves.toBeUndefined();
  });

  test('succeeds when the resource does not exist', async () => {
    await expect(throwingRefusals(reporting(missing))).resolves.toBeUndefined();
    const isMissing = (error: unknown) => isCode(error, 'MISSING');
    await expect(throwingRefusals(reporting({ code: 'MISSING' }), isMissing)).resolves.toBeUndefined();
  });

  test('fails with the first refusal for another reason, and the error counts as a response from AWS', async () => {
    const error: unknown = await throwingRefusals(reporting(missing, refusal, { code: 'Other' })).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'InvalidParameter', message: 'not now' });
    expect(isCode(error, 'InvalidParameter')).toBe(true);
    expect([hasErrorResponse(error), isTransient(error), isNotFound(error)]).toEqual([true, false, false]);
  });

  test('fails even for a refusal without a code or message', async () => {
    await expect(throwingRefusals(reporting({}))).rejects.toMatchObject({ name: 'Unknown' });
  });

  test('fails with the error into which the caller converts the refusal', async () => {
    const toError = ({ message }: { message?: string }, cause: Error) =>
      new Error(`refused: ${message}`, { cause });
    await expect(throwingRefusals(reporting(refusal), isNotFound, toError)).rejects.toMatchObject({
      message: 'refused: not now',
      cause: { name: 'InvalidParameter' },
    });
  });

  test('fails when the call itself fails', async () => {
    const error = awsError('UnauthorizedOperation');
    await expect(throwingRefusals(failing(error))).rejects.toBe(error);
  });
});
