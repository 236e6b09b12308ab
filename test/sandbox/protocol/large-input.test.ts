// Large and hostile input is refused before it is parsed, and hostile text cannot break a response.
import { describe, expect, test } from '@jest/globals';
import { CreateTagsCommand, CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { refusalOf, sandbox } from '../harness.ts';

/** The maximum duration of a refusal on a busy machine. Without size limits, the largest of these inputs would take minutes. */
const MAX_REFUSAL_MS = 5_000;

async function call(service: string, body: string, options: { path?: string; target?: string } = {}) {
  const { url } = await sandbox();
  const startedAt = performance.now();
  const response = await fetch(`${url}${options.path ?? '/'}`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/${service}/aws4_request`,
      'content-type': options.target ? 'application/x-amz-json-1.1' : 'application/x-www-form-urlencoded',
      ...(options.target && { 'x-amz-target': `X.${options.target}` }),
    },
    body,
  });
  const text = await response.text();
  return { status: response.status, text, ms: performance.now() - startedAt };
}

const parameterList = (count: number, parameter: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => parameter(index + 1)).join('&');
const nestedArrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('a form', () => {
  test.each([
    [
      'ec2',
      'Action=DescribeVpcs',
      (index: number) => `Filter.${index}.Name=vpc-id&Filter.${index}.Value.1=x`,
    ],
    ['ec2', 'Action=CreateTags&ResourceId.1=vpc-1', (index: number) => `Tag.${index}.Key=k${index}`],
    ['elasticloadbalancing', 'Action=DescribeTags', (index: number) => `ResourceArns.member.${index}=a`],
    ['iam', 'Action=CreateRole&RoleName=a', (index: number) => `Tags.member.${index}.Key=k`],
    ['sts', 'Action=GetCallerIdentity', (index: number) => `X${index}=1`],
  ])('of %s with 100,000 parameters is refused: %s', async (service, action, parameter) => {
    const { status, text, ms } = await call(service, `${action}&${parameterList(100_000, parameter)}`);
    expect([status, /<Code>(.*)<\/Code>/.exec(text)?.[1]]).toEqual([413, 'RequestEntityTooLarge']);
    expect(ms).toBeLessThan(MAX_REFUSAL_MS);
  });

  test('with a value of 40 MB is refused', async () => {
    const { status, ms } = await call('iam', `Action=CreateRole&RoleName=${'a'.repeat(40_000_000)}`);
    expect(status).toBe(413);
    expect(ms).toBeLessThan(MAX_REFUSAL_MS);
  });

  test('with 9,000 parameters is read', async () => {
    const { text } = await call(
      'ec2',
      `Action=DescribeVpcs&Version=2016-11-15&${parameterList(9_000, (index) => `VpcId.${index}=vpc-${index}`)}`,
    );
    expect(text).toContain('InvalidVpcID');
  });
});

describe('a JSON document', () => {
  test.each([
    [400, 'with 2,000,000 levels', `{"clusters":${nestedArrays(2_000_000)}}`],
    [400, 'with 100,000 levels in a known member', `{"clusters":${nestedArrays(100_000)}}`],
    [
      400,
      'with 100,000 levels of structures',
      `{"clusters":[${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]}`,
    ],
    [413, 'with 500,000 values', `{"clusters":[${'"c",'.repeat(500_000)}"c"]}`],
    [413, 'with a string of 40 MB', `{"clusters":["${'c'.repeat(40_000_000)}"]}`],
  ])('is refused with %d: %s', async (status, _, body) => {
    const answer = await call('ecs', body, { target: 'DescribeClusters' });
    expect(answer.status).toBe(status);
    expect(answer.text.length).toBeLessThan(1_000);
    expect(answer.ms).toBeLessThan(MAX_REFUSAL_MS);
  });

  test('may contain brackets, commas and quotation marks in its strings', async () => {
    const name = `\\"${'['.repeat(100)}${','.repeat(60_000)}\\\\`;
    const { text } = await call('ecs', `{"clusters":["${name}"]}`, { target: 'DescribeClusters' });
    // ECS refuses the name, which shows that the document was read.
    expect(text).toContain('InvalidParameterException');
  });
});

describe('a CBOR document', () => {
  /** Puts a value into the only member of an input; `first` is the value's first bytes in hexadecimal. */
  const membered = (first: string, rest: Uint8Array = Buffer.alloc(0)) =>
    Buffer.concat([Buffer.from('a1', 'hex'), text('AlarmNames'), Buffer.from(first, 'hex'), rest]);
  const text = (content: string) => Buffer.from([0x60 + content.length, ...Buffer.from(content)]);
  const decimals = 'c4821a1000000001'.repeat(1000);

  test.each<[string, Uint8Array]>([
    ['with lists that announce 33,000,000 items each', membered('9a01ffffff'.repeat(60))],
    ['with 1,000 decimals of 256 million digits', membered(`9903e8${decimals}`)],
    ['with decimals behind a key that is not text', membered(`a11908c8591f40${decimals}`)],
    ['with an integer of 800,000 bytes', membered('c25a000c3500', Buffer.alloc(800_000, 0xff))],
    ['with 1,000,000 levels', membered('', Buffer.alloc(1_000_000, 0x81))],
  ])('is refused: %s', async (_, body) => {
    const { url } = await sandbox();
    const started = performance.now();
    const { status } = await fetch(`${url}/service/GraniteServiceVersion20100801/operation/DescribeAlarms`, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/monitoring/aws4_request',
        'smithy-protocol': 'rpc-v2-cbor',
      },
      body,
    });
    expect(status).toBe(400);
    expect(performance.now() - started).toBeLessThan(MAX_REFUSAL_MS);
  });
});

test.each([
  ['very long', 'a'.repeat(2_000_000), 413],
  ['very deep', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`, 400],
])('an XML document that is %s is refused', async (_, content, status) => {
  const answer = await call('route53', `<R>${content}</R>`, { path: '/2013-04-01/hostedzone' });
  expect(answer.status).toBe(status);
  expect(answer.ms).toBeLessThan(MAX_REFUSAL_MS);
});

describe('a character that XML cannot represent', () => {
  const HOSTILE = 'a\u0001\u000b\u001f\ufffez<&>';
  const SHOWN = 'a\ufffd\ufffd\ufffd\ufffdz<&>';

  test('in a tag does not make later responses unreadable', async () => {
    const { ec2 } = await sandbox();
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    await ec2.send(
      new CreateTagsCommand({ Resources: [Vpc?.VpcId ?? ''], Tags: [{ Key: 'a', Value: HOSTILE }] }),
    );
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    expect(Vpcs?.map(({ Tags }) => Tags)).toEqual([[{ Key: 'a', Value: SHOWN }]]);
  });

  test('in a request does not make its refusal unreadable', async () => {
    const { ec2 } = await sandbox();
    const { message } = await refusalOf(ec2.send(new DescribeVpcsCommand({ VpcIds: [HOSTILE] })));
    expect(message).toContain(SHOWN);
  });
});
