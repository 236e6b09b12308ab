// Every protocol refuses invalid input with a 4xx status and stores none of it.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonProtocol } from '../../../sandbox/protocol/json-protocol.ts';
import { services } from '../../../sandbox/services.ts';
import { sandbox } from '../harness.ts';

/** Starts a sandbox; `call` sends a request to a service and returns the status and the body. */
async function startCaller() {
  const reportedErrors: unknown[] = [];
  const { url } = await sandbox({ reportError: (error) => void reportedErrors.push(error) });
  return {
    reportedErrors,
    call: async (
      scope: string,
      body: string,
      options: { path?: string; method?: string; target?: string } = {},
    ) => {
      const { path = '/', method = 'POST', target } = options;
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/${scope}/aws4_request`,
          'content-type': target ? 'application/x-amz-json-1.1' : 'application/x-www-form-urlencoded',
          ...(target ? { 'x-amz-target': `X.${target}` } : {}),
        },
        ...(method === 'GET' ? {} : { body }),
      });
      return { status: response.status, text: await response.text() };
    },
  };
}

describe('an invalid form', () => {
  test.each([
    ['__proto__.polluted=1', 'UnknownParameter'],
    ['constructor.prototype.polluted=1', 'UnknownParameter'],
    ['Filter.__proto__.polluted=1', 'MalformedQueryString|UnknownParameter'],
    ['MaxResults=abc', 'InvalidParameterValue'],
    ['MaxResults=1e400', 'InvalidParameterValue'],
    ['MaxResults=', 'InvalidParameterValue'],
    ['DryRun=perhaps', 'InvalidParameterValue'],
    ['MaxResults.1=5', 'MalformedQueryString'],
    ['Filter=x', 'MalformedQueryString'],
    ['Filter.1.Name=__proto__&Filter.1.Value.1=x', 'InvalidParameterValue'],
    ['Filter.1.Name=constructor&Filter.1.Value.1=x', 'InvalidParameterValue'],
  ])('is refused by EC2: %s', async (form, code) => {
    const { call, reportedErrors } = await startCaller();
    const { status, text } = await call('ec2', `Action=DescribeVpcs&Version=2016-11-15&${form}`);
    expect(status).toBe(400);
    expect(text).toMatch(new RegExp(`<Code>(${code})</Code>`));
    expect({}).not.toHaveProperty('polluted');
    expect(reportedErrors).toEqual([]);
  });

  test('is refused when it is nested very deeply', async () => {
    const { call } = await startCaller();
    const { status, text } = await call(
      'ec2',
      `Action=DescribeVpcs&Version=2016-11-15&${'A.'.repeat(20_000)}=1`,
    );
    expect([status, /<Code>(.*)<\/Code>/.exec(text)?.[1]]).toEqual([400, 'MalformedQueryString']);
  });

  test('is refused by other services when a string is in the place of a number', async () => {
    const { call } = await startCaller();
    const { status, text } = await call('iam', 'Action=ListRoles&Version=2010-05-08&MaxItems=many');
    expect([status, /<Code>(.*)<\/Code>/.exec(text)?.[1]]).toEqual([400, 'MalformedInput']);
  });
});

describe('JSON input', () => {
  test.each([
    ['{', 'The request body is not JSON'],
    ['null', 'The request body must be a structure'],
    ['[]', 'The request body must be a structure'],
    ['"x"', 'The request body must be a structure'],
    ['{"__proto__":{"a":1}}', 'Unknown member __proto__'],
    ['{"constructor":{}}', 'Unknown member constructor'],
    ['{"cluster":5}', 'cluster cannot be read: 5'],
    ['{"cluster":{"toString":1}}', 'cluster cannot be read: {"toString":1}'],
    ['{"services":"web"}', 'services must be a list'],
    ['{"services":[null]}', 'services[0] cannot be read: null'],
    ['{"services":[["web"]]}', 'services[0] cannot be read: ["web"]'],
  ])('is refused: %s', async (body, message) => {
    const { call, reportedErrors } = await startCaller();
    const { status, text } = await call('ecs', body, { target: 'DescribeServices' });
    expect([status, JSON.parse(text)]).toEqual([400, { __type: 'SerializationException', message }]);
    expect(reportedErrors).toEqual([]);
  });

  test.each([
    ['CreateService', '{"desiredCount":"2"}', 'desiredCount cannot be read: "2"'],
    ['CreateService', '{"desiredCount":1e400}', 'desiredCount cannot be read: null'],
    ['CreateService', '{"desiredCount":1e99}', 'desiredCount cannot be read: 1e+99'],
    ['CreateService', '{"enableExecuteCommand":"true"}', 'enableExecuteCommand cannot be read: "true"'],
  ])('is refused by %s: %s', async (target, body, message) => {
    const { call } = await startCaller();
    const { status, text } = await call('ecs', body, { target });
    expect([status, JSON.parse(text)]).toEqual([400, { __type: 'SerializationException', message }]);
  });

  test('is refused when bytes are not base64', async () => {
    const { call } = await startCaller();
    const { status } = await call('ecr', '{"layerPartBlob":"%%%"}', { target: 'UploadLayerPart' });
    expect(status).toBe(400);
  });

  test('can contain null members, which count as omitted', async () => {
    const { call } = await startCaller();
    const { status } = await call('ecs', '{"include":null}', { target: 'DescribeClusters' });
    expect(status).toBe(200);
  });
});

describe('invalid input to Route 53', () => {
  const record = (ttl: string) =>
    `<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet>` +
    `<Name>a.example.com</Name><Type>A</Type><TTL>${ttl}</TTL></ResourceRecordSet></Change></Changes></ChangeBatch>` +
    `</ChangeResourceRecordSetsRequest>`;
  const path = '/2013-04-01/hostedzone/Z1/rrset/';

  test.each([
    ['invalid XML', '<a'],
    ['very deep nesting', '<a>'.repeat(100_000)],
    ['a string in the place of a number', record('soon')],
  ])('is refused: %s', async (_, body) => {
    const { call, reportedErrors } = await startCaller();
    const { status, text } = await call('route53', body, { path });
    expect([status, /<Code>(.*)<\/Code>/.exec(text)?.[1]]).toEqual([400, 'InvalidInput']);
    expect(reportedErrors).toEqual([]);
  });

  test('is refused when a query parameter is not a number', async () => {
    const { call } = await startCaller();
    const request = { path: '/2013-04-01/hostedzone?maxitems=many', method: 'GET' };
    expect(await call('route53', '', request)).toMatchObject({ status: 400 });
  });
});

describe('random input', () => {
  const formRequest = {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {},
    body: new Uint8Array(),
  };
  const operations = Object.entries(services).flatMap(([scope, { operations: table, shapes, protocolOf }]) =>
    Object.keys(table).map((name) => {
      const members = [...(shapes.get(name)?.input.structIterator() ?? [])].map(([member]) => member);
      return { scope, name, members, isJson: protocolOf(formRequest) === jsonProtocol };
    }),
  );
  const isServerFault = (status: number) => status >= 500 && status !== 501;
  const anyOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
  const formOperations = operations.filter(({ scope, isJson }) => !isJson && scope !== 'route53');
  const jsonOperations = operations.filter(({ isJson }) => isJson);

  test('in a form does not make the sandbox fail', async () => {
    const { call, reportedErrors } = await startCaller();
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.integer().map(String), fc.ipV4());
    const tail = anyOf([
      '',
      '.1',
      '.member.1',
      '.1.Name',
      '.member.1.Key',
      '.entry.1.key',
      '.__proto__.x',
      '.x.y',
    ]);
    const form = anyOf(formOperations).chain(({ scope, name, members }) =>
      fc
        .array(fc.tuple(anyOf(['x', ...members]), fc.boolean(), tail, text), { maxLength: 5 })
        .map((pairs) => ({ scope, name, pairs })),
    );
    await fc.assert(
      fc.asyncProperty(form, async ({ scope, name, pairs }) => {
        const body = new URLSearchParams({ Action: name, Version: 'x' });
        for (const [member, upper, rest, value] of pairs) {
          body.append(`${upper ? member.charAt(0).toUpperCase() + member.slice(1) : member}${rest}`, value);
        }
        const { status } = await call(scope, String(body));
        expect({ status, isServerFault: isServerFault(status) }).toEqual({ status, isServerFault: false });
      }),
      { numRuns: 500 },
    );
    expect(reportedErrors).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('in JSON does not make the sandbox fail', async () => {
    const { call, reportedErrors } = await startCaller();
    const document = anyOf(jsonOperations).chain(({ scope, name, members }) =>
      fc
        .dictionary(anyOf(['x', ...members]), fc.oneof(fc.jsonValue(), fc.array(fc.string()), fc.string()), {
          maxKeys: 4,
        })
        .map((body) => ({ scope, name, body })),
    );
    await fc.assert(
      fc.asyncProperty(document, async ({ scope, name, body }) => {
        const { status } = await call(scope, JSON.stringify(body), { target: name });
        expect({ status, isServerFault: isServerFault(status) }).toEqual({ status, isServerFault: false });
      }),
      { numRuns: 500 },
    );
    expect(reportedErrors).toEqual([]);
  });
});
