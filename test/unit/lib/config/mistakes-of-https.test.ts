// Every kind of mistake in the names and the certificates of a domain.
import { expect, test } from '@jest/globals';
import { mistakesOf, validStackWith } from './support.ts';

const arn = (id: string, region = 'eu-west-1') =>
  `arn:aws:acm:${region}:111122223333:certificate/${id.repeat(8)}-0000-4000-8000-000000000000`;
const mistakesIn = (fields: Readonly<Record<string, unknown>>) =>
  mistakesOf(
    validStackWith(
      Object.fromEntries(
        Object.entries({ https: true, ...fields }).map(([field, value]) => [`domain.${field}`, value]),
      ),
    ),
  ).map(({ path, fix }) => [path, fix]);

const WILDCARD =
  'Use a wildcard only as the whole first label, e.g. *.example.com: it covers exactly one label.';
const OUTSIDE = 'Use example.com or a name that ends with .example.com: the name must be in the zone.';
const TWICE = 'Remove it: the list already has this name.';
const otherRegion = (region: string) =>
  `Use a certificate in eu-west-1: a load balancer cannot use one in ${region}. Without domain.certificate, Slipway requests one.`;

test.each<[string, Record<string, unknown>, [path: string, fix: string][]]>([
  ['a wildcard, the apex and www', { names: ['*.example.com', 'example.com', 'www.example.com'] }, []],
  ['a wildcard below another name', { names: ['*.shop.example.com'] }, []],
  [
    'a wildcard that is not the first label',
    { names: ['www.*.example.com'] },
    [['domain.names[0]', WILDCARD]],
  ],
  ['a part of a label as a wildcard', { names: ['shop-*.example.com'] }, [['domain.names[0]', WILDCARD]]],
  ['two wildcards', { names: ['*.*.example.com'] }, [['domain.names[0]', WILDCARD]]],
  ['only a wildcard', { names: ['*'] }, [['domain.names[0]', WILDCARD]]],
  ['a wildcard in another zone', { names: ['*.example.org'] }, [['domain.names[0]', OUTSIDE]]],
  [
    'the main name once more',
    { names: ['api.example.com'] },
    [['domain.names[0]', 'Remove it: domain.name already has this name.']],
  ],
  ['a name twice', { names: ['www.example.com', 'www.example.com'] }, [['domain.names[1]', TWICE]]],
  [
    'more names than a certificate can have',
    { names: Array.from({ length: 10 }, (_, index) => `n${index}.example.com`) },
    [['domain.names', 'Use at most 9, or a wildcard: a certificate of ACM has at most 10 names.']],
  ],
  [
    'a name that is too long for a certificate',
    { name: `${'a'.repeat(60)}.example.com` },
    [
      [
        'domain.name',
        'Use a name of at most 64 characters, and put this one into domain.names: the first name of a certificate cannot be longer.',
      ],
    ],
  ],
  ['a certificate', { certificate: arn('1') }, []],
  ['several certificates', { certificate: [arn('1'), arn('2')] }, []],
  [
    'a certificate of another region',
    { certificate: arn('1', 'us-east-1') },
    [['domain.certificate', otherRegion('us-east-1')]],
  ],
  [
    'a certificate of another partition',
    { certificate: arn('1').replace('arn:aws:', 'arn:aws-cn:') },
    [['domain.certificate', `Use the partition that contains eu-west-1: ${arn('1')}.`]],
  ],
  [
    'one of several certificates in another region',
    { certificate: [arn('1'), arn('2', 'eu-central-1')] },
    [['domain.certificate[1]', otherRegion('eu-central-1')]],
  ],
  [
    'a certificate twice',
    { certificate: [arn('1'), arn('1')] },
    [['domain.certificate[1]', 'Remove it: the list already has this certificate.']],
  ],
  [
    'a certificate without HTTPS',
    { https: false, certificate: arn('1') },
    [['domain.certificate', 'Set domain.https to true, or remove the certificate: port 80 uses none.']],
  ],
])('%s', (_, fields, mistakes) => {
  expect(mistakesIn(fields)).toEqual(mistakes);
});

test.each([
  ['a certificate of IAM', 'arn:aws:iam::111122223333:server-certificate/shop'],
  ['the id of a certificate', '11111111-0000-4000-8000-000000000000'],
  ['an empty string', ''],
])('%s is refused, with an example of an ARN', (_, certificate) => {
  expect(mistakesIn({ certificate: [certificate] })).toEqual([
    [
      'domain.certificate[0]',
      expect.stringMatching(/^Use the ARN of a certificate in ACM, e\.g\. arn:aws:acm:/),
    ],
  ]);
});

test('an empty list of certificates is refused', () => {
  expect(mistakesIn({ certificate: [] }).map(([path]) => path)).toEqual(['domain.certificate']);
});
