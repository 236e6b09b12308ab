// Certificates are requested, imported, listed, tagged and deleted, with the refusals of AWS.
import { generateKeyPairSync } from 'node:crypto';
import {
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ImportCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
  type RequestCertificateCommandInput,
} from '@aws-sdk/client-acm';
import { expect, test } from '@jest/globals';
import { memoryAuthority } from '../../../../sandbox/certificates/authority.ts';
import { refusalOf } from '../../harness.ts';
import { certificateScene } from './scene.ts';

test.each<[string, Partial<RequestCertificateCommandInput>, string]>([
  [
    'eleven names',
    { SubjectAlternativeNames: [...'abcdefghij'].map((name) => `${name}.example.com`) },
    'LimitExceededException',
  ],
  ['a domain of Amazon', { DomainName: 'shop.cloudfront.net' }, 'InvalidDomainValidationOptionsException'],
  [
    'a long first name',
    { DomainName: `${'a'.repeat(60)}.example.com` },
    'InvalidDomainValidationOptionsException',
  ],
  ['a single label', { DomainName: 'shop' }, 'ValidationException'],
  ['an underscore', { DomainName: '_shop.example.com' }, 'ValidationException'],
  ['a key algorithm for imports', { KeyAlgorithm: 'RSA_4096' }, 'InvalidParameterException'],
  ['a reserved tag', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidTagException'],
  ['a token with a hyphen', { IdempotencyToken: 'a-b' }, 'ValidationException'],
  ['validation by email', { ValidationMethod: 'EMAIL' }, 'NotImplemented'],
])('a request with %s is refused', async (_, input, code) => {
  const { acm } = await certificateScene();
  const command = new RequestCertificateCommand({
    DomainName: 'api.example.com',
    ValidationMethod: 'DNS',
    ...input,
  });
  expect((await refusalOf(acm.send(command))).code).toBe(code);
});

test('an unknown certificate and a malformed ARN are refused', async () => {
  const { acm } = await certificateScene();
  const CertificateArn = 'arn:aws:acm:eu-west-1:000000000000:certificate/none';
  expect(await refusalOf(acm.send(new DescribeCertificateCommand({ CertificateArn })))).toEqual({
    code: 'ResourceNotFoundException',
    message: `Could not find certificate ${CertificateArn}.`,
  });
  const role = 'arn:aws:acm:eu-west-1:000000000000:role/none';
  expect((await refusalOf(acm.send(new DeleteCertificateCommand({ CertificateArn: role })))).code).toBe(
    'InvalidArnException',
  );
});

test('a list has pages, and contains ECDSA certificates only on request', async () => {
  const { acm, request } = await certificateScene();
  const arns = [await request({ IdempotencyToken: 'a' }), await request({ IdempotencyToken: 'b' })];
  const hidden = await request({ KeyAlgorithm: 'EC_prime256v1' });
  const first = await acm.send(new ListCertificatesCommand({ MaxItems: 1 }));
  const second = await acm.send(new ListCertificatesCommand({ MaxItems: 1, NextToken: first.NextToken }));
  expect([first, second].flatMap((page) => page.CertificateSummaryList ?? [])).toMatchObject(
    arns.map((CertificateArn) => ({ CertificateArn, Status: 'PENDING_VALIDATION' })),
  );
  expect(second.NextToken).toBeUndefined();
  const all = await acm.send(
    new ListCertificatesCommand({
      Includes: { keyTypes: ['RSA_2048', 'EC_prime256v1'] },
      SortBy: 'CREATED_AT',
      SortOrder: 'DESCENDING',
    }),
  );
  expect(all.CertificateSummaryList?.[0]?.CertificateArn).toBe(hidden);
  expect(
    (await acm.send(new ListCertificatesCommand({ CertificateStatuses: ['ISSUED'] }))).CertificateSummaryList,
  ).toEqual([]);
});

test('tags are added, replaced and removed', async () => {
  const { acm, request } = await certificateScene();
  const CertificateArn = await request({ Tags: [{ Key: 'a', Value: '1' }] });
  await acm.send(
    new AddTagsToCertificateCommand({
      CertificateArn,
      Tags: [{ Key: 'a', Value: '2' }, { Key: 'b', Value: '3' }, { Key: 'c' }],
    }),
  );
  await acm.send(
    new RemoveTagsFromCertificateCommand({ CertificateArn, Tags: [{ Key: 'b' }, { Key: 'a', Value: '1' }] }),
  );
  const { Tags } = await acm.send(new ListTagsForCertificateCommand({ CertificateArn }));
  expect(Tags).toEqual([
    { Key: 'a', Value: '2' },
    { Key: 'c', Value: '' },
  ]);
});

test('a certificate of another authority is imported, imported again, and deleted', async () => {
  const { acm, clock, describe } = await certificateScene();
  const authority = memoryAuthority()();
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [notBefore, notAfter] = [clock.now() - 1000, clock.now() + 86_400_000].map((time) => new Date(time));
  const make = (commonName: string) =>
    authority.issue({
      commonName,
      names: [commonName],
      publicKey,
      notBefore: notBefore as Date,
      notAfter: notAfter as Date,
    });
  const input = {
    Certificate: Buffer.from(make('shop.example.org')),
    PrivateKey: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    CertificateChain: Buffer.from(authority.certificate),
  };
  const { CertificateArn = '' } = await acm.send(new ImportCertificateCommand(input));
  expect(await describe(CertificateArn)).toMatchObject({
    Type: 'IMPORTED',
    Status: 'ISSUED',
    DomainName: 'shop.example.org',
    KeyAlgorithm: 'EC-prime256v1',
    SignatureAlgorithm: 'SHA256WITHRSA',
    Issuer: 'Slipway sandbox',
  });
  const again = { ...input, CertificateArn, Certificate: Buffer.from(make('www.example.org')) };
  expect((await acm.send(new ImportCertificateCommand(again))).CertificateArn).toBe(CertificateArn);
  expect((await describe(CertificateArn))?.DomainName).toBe('www.example.org');

  const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const wrongKey = { ...input, PrivateKey: Buffer.from(otherKey.export({ type: 'pkcs8', format: 'pem' })) };
  expect((await refusalOf(acm.send(new ImportCertificateCommand(wrongKey)))).message).toBe(
    'The private key does not match the public key of the certificate.',
  );
  const wrongChain = { ...input, CertificateChain: Buffer.from(memoryAuthority()().certificate) };
  expect((await refusalOf(acm.send(new ImportCertificateCommand(wrongChain)))).message).toBe(
    'Could not validate the certificate with the certificate chain.',
  );
  await acm.send(new DeleteCertificateCommand({ CertificateArn }));
  expect((await refusalOf(describe(CertificateArn))).code).toBe('ResourceNotFoundException');
});
