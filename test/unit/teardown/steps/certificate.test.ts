// The removal of the certificate: the calls that it makes in each case.
import { DeleteCertificateCommand } from '@aws-sdk/client-acm';
import { expect, test } from '@jest/globals';
import { certificate } from '../../../../teardown/steps/certificate.ts';
import type { FoundCertificate } from '../../../../lib/look/certificate.ts';
import { awsError, mocks, sentCalls, removeContextOf } from '../../step-harness.ts';

const item = { certificateArn: 'arn:certificate' } as FoundCertificate;
const remove = () => certificate.remove(removeContextOf({ noun: 'certificate' }, item));
const deleteCall = { command: 'DeleteCertificate', input: { CertificateArn: 'arn:certificate' } };

test('removes what is ours: the certificate is removed after the load balancer that used it', async () => {
  mocks.acm.on(DeleteCertificateCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
  expect(certificate.after).toContain('loadBalancer');
});

test('removes what is ours: retries while the certificate still counts as in use', async () => {
  mocks.acm
    .on(DeleteCertificateCommand)
    .rejectsOnce(awsError('ResourceInUseException', 'is in use'))
    .resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall, deleteCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.acm.on(DeleteCertificateCommand).rejects(awsError('ResourceNotFoundException'));
  expect(await remove()).toBeUndefined();
});

test('throws the error when AWS refuses a call', async () => {
  mocks.acm.on(DeleteCertificateCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
  expect(sentCalls()).toEqual([deleteCall]);
});
