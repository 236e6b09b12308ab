// A certificate is issued only if its records are really found in the hosted zones, as a resolver would find them.
import { X509Certificate } from 'node:crypto';
import { GetCertificateCommand, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { certificateScene, MINUTE } from './scene.ts';

const HOUR = 60 * MINUTE;

test('a request shows its records after some seconds, and is issued once they are in the zone', async () => {
  const scene = await certificateScene();
  const { acm, clock, request, describe, createRecords, world } = scene;
  const arn = await request({ SubjectAlternativeNames: ['*.example.com', 'example.com'] });
  expect(arn).toMatch(/^arn:aws:acm:eu-west-1:000000000000:certificate\/[\da-f-]{36}$/);
  const first = await describe(arn);
  expect(first).toMatchObject({
    Status: 'PENDING_VALIDATION',
    DomainName: 'api.example.com',
    SubjectAlternativeNames: ['*.example.com', 'api.example.com', 'example.com'],
    KeyAlgorithm: 'RSA-2048',
    Type: 'AMAZON_ISSUED',
    InUseBy: [],
    RenewalEligibility: 'INELIGIBLE',
  });
  expect(first?.DomainValidationOptions?.map(({ ResourceRecord }) => ResourceRecord)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect((await refusalOf(acm.send(new GetCertificateCommand({ CertificateArn: arn })))).code).toBe(
    'RequestInProgressException',
  );

  clock.advance(6_000);
  // The wildcard and its parent share a record.
  const records = await scene.recordsOf(arn);
  expect(records).toHaveLength(2);
  expect(records[0]).toMatchObject({
    Name: expect.stringMatching(/^_[\da-f]{32}\.example\.com\.$/),
    Type: 'CNAME',
    Value: expect.stringMatching(/^_[\da-f]{32}\.[a-z]{10}\.acm-validations\.aws\.$/),
  });
  clock.advance(10 * MINUTE);
  expect((await describe(arn))?.Status).toBe('PENDING_VALIDATION');

  await createRecords(arn);
  clock.advance(30_000);
  expect((await describe(arn))?.DomainValidationOptions).toMatchObject([
    { ValidationStatus: 'SUCCESS' },
    { ValidationStatus: 'SUCCESS' },
    { ValidationStatus: 'SUCCESS' },
  ]);
  clock.advance(30_000);
  expect(await describe(arn)).toMatchObject({ Status: 'ISSUED', SignatureAlgorithm: 'SHA256WITHRSA' });
  const { Certificate = '', CertificateChain } = await acm.send(
    new GetCertificateCommand({ CertificateArn: arn }),
  );
  const certificate = new X509Certificate(Certificate);
  expect(CertificateChain).toBe(world.authority().certificate);
  expect(certificate.verify(new X509Certificate(CertificateChain ?? '').publicKey)).toBe(true);
  expect(certificate.subjectAltName).toBe('DNS:*.example.com, DNS:api.example.com, DNS:example.com');
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
});

test('a second certificate for the same name needs no further record', async () => {
  const { clock, issued, request, describe } = await certificateScene();
  const first = await issued();
  const second = await request();
  expect(second).not.toBe(first);
  clock.advance(MINUTE);
  expect((await describe(second))?.Status).toBe('ISSUED');
});

test('a record in a zone that is not delegated validates nothing, until the parent delegates the zone', async () => {
  const { clock, createZone, request, describe, createRecords, changeRecord } = await certificateScene();
  const child = await createZone('api.example.com');
  const arn = await request();
  await createRecords(arn, child.id);
  clock.advance(HOUR);
  expect((await describe(arn))?.Status).toBe('PENDING_VALIDATION');
  await changeRecord('CREATE', 'api.example.com', 'NS', child.nameServers);
  clock.advance(MINUTE);
  expect((await describe(arn))?.Status).toBe('ISSUED');
});

test('a name without a zone is never validated, and the request times out after three days', async () => {
  const { clock, request, describe } = await certificateScene();
  const arn = await request({ DomainName: 'shop.example.org' });
  clock.advance(71 * HOUR);
  expect((await describe(arn))?.Status).toBe('PENDING_VALIDATION');
  clock.advance(2 * HOUR);
  expect(await describe(arn)).toMatchObject({
    Status: 'VALIDATION_TIMED_OUT',
    DomainValidationOptions: [{ ValidationStatus: 'FAILED' }],
  });
});

test.each([
  ['example.com', '0 issue "letsencrypt.org"', 'api.example.com', 'FAILED'],
  ['api.example.com', '0 issue ";"', 'api.example.com', 'FAILED'],
  ['example.com', '0 issue "amazontrust.com"', 'api.example.com', 'ISSUED'],
  ['example.com', '0 iodef "mailto:a@example.com"', 'api.example.com', 'ISSUED'],
  ['example.com', '0 issuewild "letsencrypt.org"', 'api.example.com', 'ISSUED'],
  ['example.com', '0 issuewild "letsencrypt.org"', '*.example.com', 'FAILED'],
])('CAA at %s: %s, for %s: %s', async (name, value, DomainName, status) => {
  const { issued, describe, changeRecord } = await certificateScene();
  await changeRecord('CREATE', name, 'CAA', [value]);
  const arn = await issued({ DomainName });
  const found = await describe(arn);
  expect(found?.Status).toBe(status);
  expect(found?.FailureReason).toBe(status === 'FAILED' ? 'CAA_ERROR' : undefined);
});

test('a name below a top-level name that is not public fails', async () => {
  const { clock, request, describe } = await certificateScene();
  const arn = await request({ DomainName: 'shop.internal' });
  clock.advance(MINUTE);
  expect(await describe(arn)).toMatchObject({ Status: 'FAILED', FailureReason: 'INVALID_PUBLIC_DOMAIN' });
});

test('an injected failure ends the validation with its reason', async () => {
  const { faults, issued, describe } = await certificateScene();
  faults.add({
    kind: 'fails-later',
    operation: 'RequestCertificate',
    code: 'DOMAIN_NOT_ALLOWED',
    message: '',
    nth: 1,
  });
  expect(await describe(await issued())).toMatchObject({
    Status: 'FAILED',
    FailureReason: 'DOMAIN_NOT_ALLOWED',
  });
});

test('a token names the same certificate for an hour', async () => {
  const { acm, clock, request } = await certificateScene();
  const first = await request({ IdempotencyToken: 'one' });
  expect(await request({ IdempotencyToken: 'one' })).toBe(first);
  expect(
    await refusalOf(
      acm.send(
        new RequestCertificateCommand({
          DomainName: 'www.example.com',
          ValidationMethod: 'DNS',
          IdempotencyToken: 'one',
        }),
      ),
    ),
  ).toMatchObject({ code: 'InvalidParameterException' });
  clock.advance(HOUR + 1);
  expect(await request({ IdempotencyToken: 'one' })).not.toBe(first);
});
