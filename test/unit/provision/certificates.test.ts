// Certificates that cannot be used or issued are explained.
import { DescribeCertificateCommand, type CertificateDetail } from '@aws-sdk/client-acm';
import { GetHostedZoneCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { describe, expect, test } from '@jest/globals';
import type { Domain } from '../../../lib/config/config.ts';
import { until } from '../../../lib/engine/until.ts';
import type { FoundCertificate } from '../../../lib/look/certificate.ts';
import type { DomainSurroundings } from '../../../lib/look/domain.ts';
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

/**
 * Waits for a certificate that ACM describes in this way.
 * @param more the surroundings of the domain, fields of the domain, the time in milliseconds, and a receiver of the notes
 */
function waitFor(
  detail: CertificateDetail,
  more: {
    surroundings?: Partial<DomainSurroundings>;
    fields?: Partial<Domain>;
    deadline?: number;
    onNote?: (note: string) => void;
  } = {},
) {
  mocks.acm.on(DescribeCertificateCommand).resolves({ Certificate: detail });
  mocks.route53.on(GetHostedZoneCommand).resolves({ DelegationSet: { NameServers: ['ns-1.awsdns.com'] } });
  const clock = testClock();
  const { signal } = new AbortController();
  const stack = config({
    domain: domainOf({ name: 'api.example.com', zone: 'example.com', https: true, ...more.fields }),
  });
  const asMap = (items: Record<string, object>) => new Map(Object.entries(items));
  return waitUntilIssued(
    {
      ...lookContextOf(stack, clock),
      found: { ...surveyOf({}), domain: more.surroundings as DomainSurroundings | undefined },
      ids: { hostedZone: asMap(existing.hostedZone) } as never,
      until: (what, _wait, probe) =>
        until(what, { first: 0, every: 1000, deadline: more.deadline ?? 5000 }, probe, {
          clock,
          signal,
          onPending: (note) => more.onNote?.(note),
        }),
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

describe('a zone that is not delegated', () => {
  const detail: CertificateDetail = {
    Status: 'PENDING_VALIDATION',
    DomainValidationOptions: [{ DomainName: 'api.example.com', ValidationStatus: 'PENDING_VALIDATION' }],
  };
  const parentZone = { name: 'com.example', hostedZoneId: 'ZPARENT' };
  const mockDelegation = (...servers: string[]) =>
    mocks.route53.on(ListResourceRecordSetsCommand, { HostedZoneId: 'ZPARENT' }).resolves({
      ResourceRecordSets:
        servers.length === 0
          ? []
          : [
              {
                ...{ Name: 'example.com.', Type: 'NS', TTL: 60 },
                ResourceRecords: servers.map((Value) => ({ Value })),
              },
            ],
    });

  test.each<[string, string[], string, string]>([
    [
      'lacks the NS record',
      [],
      "The account's zone com.example (ZPARENT) has no NS record for example.com, so no resolver finds the validation records.",
      'Add an NS record for example.com to com.example, with these values: ns-1.awsdns.com.',
    ],
    [
      'names other servers',
      ['ns-7.awsdns.org.'],
      "The NS record for example.com in the account's zone com.example (ZPARENT) names other servers: ns-7.awsdns.org. They do not have the validation records.",
      'Change the NS record for example.com in com.example, with these values: ns-1.awsdns.com.',
    ],
  ])('is explained before the time is over if its parent in the account %s', async (_, servers, why, fix) => {
    mockDelegation(...servers);
    await expect(
      waitFor(detail, { surroundings: { parentZone }, deadline: 3_600_000 }),
    ).rejects.toMatchObject({
      code: 'CERTIFICATE',
      what: 'ACM cannot validate api.example.com: the zone example.com is not delegated.',
      why,
      fix: [fix, 'Then npm run provision, to continue.'],
    });
  });

  test('is named as the account knows it, if the configuration has only its id', async () => {
    mockDelegation();
    await expect(
      waitFor(detail, {
        surroundings: { parentZone, zone: 'example.com' },
        fields: { zone: undefined, zoneId: 'Z1' },
      }),
    ).rejects.toMatchObject({
      what: 'ACM cannot validate api.example.com: the zone example.com is not delegated.',
    });
  });

  test('is not the reason if its parent delegates to it', async () => {
    mockDelegation('NS-1.awsdns.com.');
    await expect(waitFor(detail, { surroundings: { parentZone } })).rejects.toMatchObject({
      what: 'The certificate of api.example.com is not issued yet.',
    });
  });

  test('is a possible reason, with its servers, if its parent is not in the account', async () => {
    const notes: string[] = [];
    const waiting = waitFor(detail, { deadline: 100_000, onNote: (note) => notes.push(note) });
    await expect(waiting).rejects.toMatchObject({ code: 'CERTIFICATE' });
    const text = 'ACM has not found the validation record of api.example.com in public DNS yet';
    expect(new Set(notes)).toEqual(
      new Set([text, `${text}; the parent of example.com must delegate to ns-1.awsdns.com`]),
    );
  });
});
