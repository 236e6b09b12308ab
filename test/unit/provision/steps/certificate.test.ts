// The step for the certificate: the calls that it makes in each case.
import {
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import { expect, test } from '@jest/globals';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import type { FoundCertificate } from '../../../../lib/look/certificate.ts';
import { certificate } from '../../../../provision/steps/certificate.ts';
import { awsError, config, domainOf, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';

const stack = config({
  domain: domainOf({
    name: 'api.example.com',
    zone: 'example.com',
    https: true,
    names: ['*.example.com'],
  }),
});
const found: FoundCertificate = {
  certificateArn: 'arn:old',
  certificateNames: ['*.example.com', 'api.example.com'],
  status: 'ISSUED',
  failure: undefined,
  inUseBy: [],
  records: new Map(),
  createdAt: undefined,
  tags: ourTags('certificate'),
};
const scenario = { noun: 'certificate' as const, config: stack };
const scenarioWith = (changes: Partial<FoundCertificate>) => ({
  ...scenario,
  found: { certificate: { '': { ...found, ...changes } } },
});
const requestCall = {
  command: 'RequestCertificate',
  input: {
    DomainName: 'api.example.com',
    SubjectAlternativeNames: ['*.example.com'],
    ValidationMethod: 'DNS',
    IdempotencyToken: expect.stringMatching(/^\w{32}$/),
    Tags: toPascalCaseTags(ourTags('certificate')),
  },
};

test('creates when missing', async () => {
  mocks.acm.on(RequestCertificateCommand).resolves({ CertificateArn: 'arn:new' });
  const { shortChanges, ids } = await provisionStep(certificate, scenario);
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { certificateArn: 'arn:new' } });
  expect(sentCalls()).toEqual([requestCall]);
});

test('creates when missing: nothing without HTTPS, or with an existing certificate', async () => {
  expect((await provisionStep(certificate, { noun: 'certificate' })).shortChanges).toEqual([]);
  const domain = domainOf({
    name: 'api.example.com',
    zone: 'example.com',
    https: true,
    certificate: 'arn:given',
  });
  expect(
    (await provisionStep(certificate, { noun: 'certificate', config: config({ domain }) })).shortChanges,
  ).toEqual([]);
});

test.each([{}, { status: 'PENDING_VALIDATION' }])('adopts when present: %j', async (changes) => {
  expect((await provisionStep(certificate, scenarioWith(changes))).shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test.each([
  [{ certificateNames: ['api.example.com'] }, 'names'],
  [{ status: 'FAILED', failure: 'CAA_ERROR' }, 'state'],
  [{ status: 'EXPIRED' }, 'state'],
])('replaces %j, and deletes the old one at the end', async (changes, field) => {
  mocks.acm.on(RequestCertificateCommand).resolves({ CertificateArn: 'arn:new' });
  mocks.acm.on(DeleteCertificateCommand).resolves({});
  const { shortChanges } = await provisionStep(certificate, scenarioWith(changes));
  expect(shortChanges).toEqual([['replace', '', field]]);
  expect(sentCalls()).toEqual([
    requestCall,
    { command: 'DeleteCertificate', input: { CertificateArn: 'arn:old' } },
  ]);
});

test('repairs drift: only tags are sent', async () => {
  mocks.acm.on(AddTagsToCertificateCommand).resolves({});
  await provisionStep(certificate, scenarioWith({ tags: { 'slipway:stack': 'shop-dev' } }));
  expect(sentCalls().map(({ command }) => command)).toEqual(['AddTagsToCertificate']);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.acm.on(RequestCertificateCommand).rejects(awsError('LimitExceededException', 'too many'));
  await expect(provisionStep(certificate, scenario)).rejects.toMatchObject({ message: 'too many' });
});

test('explains refusal: a foreign resource is refused, and nothing is sent', async () => {
  const { changes } = await provisionStep(certificate, scenarioWith({ tags: {} }));
  expect(changes).toMatchObject([{ verb: 'refused' }]);
  expect(sentCalls()).toEqual([]);
});
