// Every kind of mistake in the fields of a stack.
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../../lib/config/parse.ts';
import { startingWith, mistakesOf, testRefusals, validStackWith } from './support.ts';

const ONE_SERVICE = { web: { containers: { app: { image: 'nginx:1', port: 80, path: '/' } } } };
const NAME =
  'Use lower-case letters, digits and single hyphens; begin with a letter, and do not end with a hyphen.';

testRefusals(
  'name',
  'Use a string: the name of the stack; with the stage, it is the prefix of every name in AWS.',
  {
    'no name': undefined,
    'a number': 7,
  },
);
testRefusals('name', NAME, {
  'a capital': 'Store',
  'a hyphen at the end': 'store-',
  'a hyphen at the beginning': '-store',
  'two hyphens': 'my--store',
  'a digit at the beginning': '1store',
  'an underscore': 'my_store',
  'an empty string': '',
});
testRefusals('name', 'Begin with another word: AWS reserves load balancer names that begin with internal-.', {
  'a name that AWS reserves': 'internal-store',
  'a name that AWS reserves once the stage is appended': 'internal',
});
testRefusals(
  'name',
  'Shorten the name of the stack or the stage by 1 character: this value names a load balancer in AWS, and such names have at most 32 characters.',
  { 'a name that is too long once the stage is appended': 's'.repeat(29) },
  inspect(`${'s'.repeat(29)}-dev`),
);

testRefusals('region', 'Use a string: the AWS region, e.g. eu-west-1.', { 'no region': undefined });
testRefusals('region', 'Use the code of an AWS region, e.g. eu-west-1.', {
  'the name of a country': 'Ireland',
  'a region of another cloud': 'europe-west1',
});
testRefusals('region', 'Did you mean eu-west-1?', {
  'an availability zone': 'eu-west-1a',
  'a missing hyphen': 'eu-west1',
  'the name of a variable': 'EU_WEST_1',
});
testRefusals('region', 'Did you mean us-gov-west-1?', { 'a missing hyphen in GovCloud': 'us-gov-west1' });
const PARTITIONS = 'aws, aws-cn, aws-us-gov, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f';
for (const region of ['mars-north-1', 'us-isox-east-1'])
  testRefusals(
    'region',
    `${region} is in no partition that Slipway supports: use a region of ${PARTITIONS}.`,
    {
      [`the region ${region}`]: region,
    },
  );

testRefusals('domain', 'Use an object: a DNS name for the load balancer.', { 'a string': 'api.example.com' });
for (const field of ['domain.name', 'domain.zone'])
  testRefusals(
    field,
    startingWith('Use a DNS name with at least two labels, in lower case and without a trailing dot'),
    {
      'a trailing dot': 'example.com.',
      'a capital': 'Example.com',
      'an empty label': 'api..com',
      'a hyphen at the edge of a label': 'api-.com',
      'an IP address': '10.0.0.1',
      'a top-level domain': 'com',
    },
  );
testRefusals('domain.name', "Use one name, such as 'api.example.com': a wildcard belongs in domain.names.", {
  'a wildcard': '*.example.com',
});
testRefusals(
  'domain.name',
  startingWith('Use a DNS name'),
  {
    'a label of 64 letters': `${'a'.repeat(64)}.example.com`,
    '255 characters': `${'a.'.repeat(122)}example.com`,
  },
  startingWith("'a", 'more characters'),
);
testRefusals(
  'domain.name',
  'Use example.com or a name that ends with .example.com: the name must be in the zone.',
  {
    'a name in another zone': 'api.example.org',
    'a name that ends with the same letters but is not a subdomain': 'myexample.com',
  },
);
testRefusals('domain.createZone', 'Use true or false: whether the stack creates the zone and owns it.', {
  'a string': 'yes',
});

testRefusals('network.cidr', 'Use an IPv4 block, e.g. 10.0.0.0/16.', {
  'an address': '10.0.0.0',
  'a number out of range': '10.0.256.0/16',
  'an octal number': '010.0.0.0/16',
  'a mask instead of the prefix': '10.0.0.0/255.255.0.0',
  'an IPv6 block': 'fd00::/64',
});
testRefusals('network.cidr', 'Use a block from /16 to /24: every subnet gets a sixteenth of it.', {
  'a block that is too large': '10.0.0.0/15',
  'a block that is too small': '10.0.0.0/25',
});
testRefusals(
  'network.cidr',
  'Use a block within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10: other addresses belong to someone on the internet.',
  {
    'public addresses': '8.8.0.0/16',
    'addresses above 172.16.0.0/12': '172.32.0.0/16',
    'addresses below 172.16.0.0/12': '172.15.0.0/16',
    'addresses above 100.64.0.0/10': '100.128.0.0/16',
    'addresses next to 192.168.0.0/16': '192.169.0.0/16',
    'loopback addresses': '127.0.0.0/16',
    'link-local addresses': '169.254.0.0/16',
  },
);
testRefusals('network.cidr', 'Use the first address of the block: 10.0.16.0/20.', {
  'host bits': '10.0.17.0/20',
});
testRefusals(
  'network.zones',
  'Use a whole number from 2 to 6: the number of availability zones; a load balancer needs two.',
  {
    'one zone': 1,
    'seven zones': 7,
  },
);

testRefusals(
  'logRetentionDays',
  startingWith('Use one of 1, 3, 5, 7, 14, ', ', 3653: days that log events are kept.'),
  {
    'a number that CloudWatch Logs does not allow': 10,
  },
);
testRefusals(
  'idleTimeoutSeconds',
  'Use a whole number from 1 to 4000: seconds that the load balancer keeps a silent connection, also of a WebSocket or of server-sent events.',
  { zero: 0, 'too large': 4001 },
);
testRefusals(
  'deregistrationDelaySeconds',
  'Use a whole number from 0 to 3600: seconds that a draining task has to finish its requests.',
  { 'a negative number': -1, 'too large': 3601 },
);
testRefusals('builder', startingWith("Use one of 'auto', 'bundle', 'docker': how images are built"), {
  'an unknown builder': 'podman',
});

testRefusals(
  'tags',
  'Use at most 45: AWS allows 50, and Slipway adds its own.',
  { 'too many': Object.fromEntries(Array.from({ length: 46 }, (_, index) => [`t${index}`, ''])) },
  '46 tags',
);
testRefusals('tags.team', 'Use a string: the value of a tag.', { 'a number': 7 });
testRefusals('tags.team', 'Use at most 256 characters: letters, digits, spaces and _ . : / = + - @.', {
  'other characters': 'web, shop',
});
testRefusals(
  'tags.team',
  startingWith('Use at most 256 characters'),
  { 'a long value': 'w'.repeat(257) },
  startingWith("'www", ' more characters'),
);
testRefusals(
  'tags.Name',
  'Leave it out: Slipway sets the names of all resources.',
  { 'any value': 'web' },
  "'Name'",
);
testRefusals(
  'tags.Team',
  'Remove it or team: IAM ignores case in tag keys.',
  { 'any value': 'web' },
  "'Team'",
);

test.each([
  ['aws:team', 'Use another prefix: aws: is reserved for AWS, slipway: for Slipway.'],
  ['Slipway:stack', 'Use another prefix: aws: is reserved for AWS, slipway: for Slipway.'],
  ['', 'Use 1 to 128 characters: letters, digits, spaces and _ . : / = + - @.'],
  ['a,b', 'Use 1 to 128 characters: letters, digits, spaces and _ . : / = + - @.'],
])('a tag with the key "%s" is refused', (key, fix) => {
  expect(mistakesOf(validStackWith({ tags: { [key]: 'web' } }))).toEqual([
    { path: `tags['${key}']`, value: `'${key}'`, fix },
  ]);
});

test('a tag with a key of 129 characters is refused', () => {
  expect(mistakesOf(validStackWith({ tags: { ['k'.repeat(129)]: 'web' } }))).toMatchObject([
    { fix: startingWith('Use 1 to 128 characters') },
  ]);
});

test.each(['Dev', 'dev-', 'dev-2', '2dev', '', 'a b', '../x'])(
  'the stage "%s" is refused as a mistake in an option of the command',
  (stage) => {
    const fix =
      'Use lower-case letters and digits, and begin with a letter; a hyphen separates the stage from the name of the stack.';
    expect(mistakesOf(validStackWith({}), stage)).toEqual([{ path: '--stage', value: inspect(stage), fix }]);
  },
);

test('a stage that is too long is a mistake in --stage, although the name in AWS also contains the name of the stack', () => {
  expect(mistakesOf(validStackWith({ name: 'slipway', services: ONE_SERVICE }), 's'.repeat(30))).toEqual([
    {
      path: '--stage',
      value: inspect('s'.repeat(30)),
      fix: `Use at most 24 characters: the stage is part of 'slipway-${'s'.repeat(30)}', the name of a load balancer in AWS, and such names have at most 32 characters.`,
    },
  ]);
});

test('if a stage is too long only for the name of a container, the fix states the length that fits this name', () => {
  expect(mistakesOf(validStackWith({ services: ONE_SERVICE }), 's'.repeat(20))).toEqual([
    expect.objectContaining({
      path: '--stage',
      fix: expect.stringMatching(/^Use at most 13 characters: .* a target group in AWS/) as unknown,
    }),
  ]);
});

test('the name in the option --name is checked like the name in the file', () => {
  const input = validStackWith({ services: ONE_SERVICE });
  const parse = (name: string) => parseConfig(input, { stage: 'dev', target: 'sandbox', folder: '/', name });
  expect(() => parse('Old')).toThrow(
    expect.objectContaining({
      what: 'The command has 1 mistake.',
      fix: ['Correct --name, then run the command again.'],
    }),
  );
});
