// Certificates that cannot be used or issued are explained.
import { DescribeCertificateCommand, type CertificateDetail } from '@aws-sdk/client-acm';
import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { until } from '../../../lib/engine/until.ts';
import type { FoundCertificate } from '../../../lib/look/certificate.ts';
import { checkCertificates, waitUntilIssued } from '../../../provision/certificates.ts';
import { existing } from '../existing-resources.ts';
import { config, domainOf, lookContextOf, mocks, surveyOf, testClock } from '../step-harness.ts';

const arn = (id: string) => `arn:aws:acm:eu-west-1:111122223333:certificate/${id}`;
const stackWith = (...certificates: string[]) =>
  config({
    domain: domainOf({
      name: 'api.example.com',
      zone: 'example.com',
      https: true,
      names: ['www.example.com'],
      certificate: certificates,
    }),
  });
const certificateFor = (
  id: string,
  certificateNames: string[],
  status = 'ISSUED',
): [string, FoundCertificate] => [
  arn(id),
  {
    certificateArn: arn(id),
    ...{ certificateNames, status, failure: undefined, inUseBy: [], records: new Map() },
    ...{ createdAt: undefined, tags: {} },
  },
];
const reasonsFor = (ids: string[], ...found: [string, FoundCertificate][]): string[] => {
  try {
    checkCertificates(stackWith(...ids.map(arn)), surveyOf({ certificate: Object.fromEntries(found) }));
    return [];
  } catch (error) {
    return (error as { why: string }).why.split('\n');
  }
};

test.each<[string, string[], [string, FoundCertificate][], string[]]>([
  ['a wildcard', ['1'], [certificateFor('1', ['*.example.com'])], []],
  [
    'one for each name',
    ['1', '2'],
    [certificateFor('1', ['api.example.com']), certificateFor('2', ['www.example.com'])],
    [],
  ],
  ['a missing one', ['1'], [], [`${arn('1')} does not exist in eu-west-1.`]],
  [
    'one that is not issued',
    ['1'],
    [certificateFor('1', ['*.example.com'], 'PENDING_VALIDATION')],
    [`${arn('1')} is PENDING_VALIDATION, not ISSUED.`],
  ],
  [
    'one that lacks a name',
    ['1'],
    [certificateFor('1', ['api.example.com'])],
    ['No certificate is for www.example.com.'],
  ],
  [
    'two for one name',
    ['1', '2'],
    [certificateFor('1', ['*.example.com']), certificateFor('2', ['api.example.com'])],
    [`Several certificates are for api.example.com: ${arn('1')}, ${arn('2')}.`],
  ],
])('existing certificates: %s', (_, ids, found, reasons) => {
  expect(reasonsFor(ids, ...found)).toEqual(reasons);
});

/** Waits for a certificate that ACM describes in this way. */
function waitFor(detail: CertificateDetail) {
  mocks.acm.on(DescribeCertificateCommand).resolves({ Certificate: detail });
  mocks.route53.on(GetHostedZoneCommand).resolves({ DelegationSet: { NameServers: ['ns-1.awsdns.com'] } });
  const clock = testClock();
  const { signal } = new AbortController();
  const stack = config({
    domain: domainOf({ name: 'api.example.com', zone: 'example.com', https: true }),
  });
  const asMap = (items: Record<string, object>) => new Map(Object.entries(items));
  return waitUntilIssued(
    {
      ...lookContextOf(stack, clock),
      found: surveyOf({}),
      ids: { hostedZone: asMap(existing.hostedZone) } as never,
      until: (what, _wait, probe) =>
        until(what, { first: 0, every: 1000, deadline: 5000 }, probe, { clock, signal }),
    },
    'arn:certificate',
  );
}

test('an issued certificate ends the wait', async () => {
  await waitFor({ Status: 'ISSUED' });
});

test.each([
  [{ Status: 'FAILED', FailureReason: 'CAA_ERROR' }, 'CAA_ERROR', 'Amazon is not among them'],
  [{ Status: 'FAILED', FailureReason: 'DOMAIN_NOT_ALLOWED' }, 'DOMAIN_NOT_ALLOWED', 'reputation list'],
  [{ Status: 'FAILED', FailureReason: 'OTHER' }, 'OTHER', 'ACM reports OTHER'],
  [{ Status: 'VALIDATION_TIMED_OUT' }, 'VALIDATION_TIMED_OUT', '72 hours'],
] as const)('%j is explained', async (detail, reason, words) => {
  await expect(waitFor(detail)).rejects.toMatchObject({
    code: 'CERTIFICATE',
    what: `ACM did not issue the certificate of api.example.com: ${reason}.`,
    why: expect.stringContaining(words),
  });
});

test('records that ACM does not find in time are named, with the name servers to delegate to', async () => {
  const DomainValidationOptions = [
    { DomainName: '*.api.example.com', ValidationStatus: 'PENDING_VALIDATION' as const },
    { DomainName: 'www.example.com', ValidationStatus: 'SUCCESS' as const },
  ];
  await expect(waitFor({ Status: 'PENDING_VALIDATION', DomainValidationOptions })).rejects.toMatchObject({
    code: 'CERTIFICATE',
    why: 'ACM has not found the validation record of api.example.com in public DNS.',
    fix: [expect.stringContaining('ns-1.awsdns.com'), expect.anything()],
  });
});
