// CloudWatch accepts three protocols. Each request is answered in its own protocol, errors included.
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import {
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { alarmSettings } from '../aws/cloudwatch/scene.ts';
import { refusalOf, sandbox } from '../harness.ts';

const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/monitoring/aws4_request';
const alarm = { AlarmName: 'busy', ...alarmSettings };

/** Encodes text as CBOR. Works for fewer than 256 bytes. */
const cborText = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x78, Buffer.byteLength(text)]), Buffer.from(text)]);
/** Encodes a structure as CBOR. Works for fewer than 24 members. */
const cborMap = (members: Record<string, Buffer>): Buffer =>
  Buffer.concat([
    Buffer.from([0xa0 + Object.keys(members).length]),
    ...Object.entries(members).flatMap(([key, value]) => [cborText(key), value]),
  ]);
/** Encodes a time as CBOR: tag 1 and a double. */
function cborTime(time: Date): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.set([0xc1, 0xfb]);
  bytes.writeDoubleBE(time.getTime() / 1000, 2);
  return bytes;
}

async function scene() {
  const started = await sandbox();
  await started.cloudwatch.send(new PutMetricAlarmCommand(alarm));
  const send = async (body: string | Uint8Array, headers: Record<string, string>, path = '/') => {
    const response = await fetch(`${started.url}${path}`, {
      method: 'POST',
      body,
      headers: { authorization, ...headers },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return {
    ...started,
    query: (form: string, headers = {}) =>
      send(`${form}&Version=2010-08-01`, { 'content-type': 'application/x-www-form-urlencoded', ...headers }),
    cbor: (operation: string, body: Uint8Array, headers = {}) =>
      send(
        body,
        { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor', ...headers },
        `/service/GraniteServiceVersion20100801/operation/${operation}`,
      ),
    json: (operation: string, body: object) =>
      send(JSON.stringify(body), {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
      }),
    sendBytes: send,
  };
}

const stateOfUnknownAlarm = { AlarmName: 'none', StateValue: 'OK', StateReason: 'test' } as const;

describe('JSON', () => {
  test('is the protocol of the SDK for JavaScript', async () => {
    const { cloudwatch } = await scene();
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['busy'] }));
    expect(MetricAlarms).toMatchObject([{ ...alarm, AlarmConfigurationUpdatedTimestamp: expect.any(Date) }]);
    expect((await refusalOf(cloudwatch.send(new SetAlarmStateCommand(stateOfUnknownAlarm)))).code).toBe(
      'ResourceNotFound',
    );
  });

  test('names the shape of an error in the body, and its code in the query protocol in a header', async () => {
    const { json } = await scene();
    const { status, headers, text } = await json('SetAlarmState', stateOfUnknownAlarm);
    expect([status, headers.get('content-type')]).toEqual([404, 'application/x-amz-json-1.0']);
    expect(headers.get('x-amzn-query-error')).toBe('ResourceNotFound;Sender');
    expect(JSON.parse(text)).toMatchObject({ __type: 'com.amazonaws.cloudwatch#ResourceNotFound' });
    const { headers: tokenHeaders, text: tokenText } = await json('DescribeAlarms', { NextToken: '%%' });
    expect(tokenHeaders.get('x-amzn-query-error')).toBe('InvalidNextToken;Sender');
    expect(tokenText).toContain('com.amazonaws.cloudwatch#InvalidNextToken');
  });
});

describe('the query protocol', () => {
  test('answers in XML', async () => {
    const { query } = await scene();
    const { status, text } = await query('Action=DescribeAlarms&AlarmNames.member.1=busy');
    expect(status).toBe(200);
    expect(text).toContain(
      '<DescribeAlarmsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">',
    );
    expect(text).toContain('<MetricAlarms><member><AlarmName>busy</AlarmName>');
  });

  test('names the code of an error in the body', async () => {
    const { query } = await scene();
    const { status, text } = await query('Action=SetAlarmState&AlarmName=none&StateValue=OK&StateReason=x');
    expect(status).toBe(404);
    expect(text).toContain('<Type>Sender</Type><Code>ResourceNotFound</Code>');
  });
});

describe('CBOR', () => {
  test('answers in CBOR', async () => {
    const { cbor } = await scene();
    const names = Buffer.concat([Buffer.from([0x81]), cborText('busy')]);
    const { status, headers, text } = await cbor('DescribeAlarms', cborMap({ AlarmNames: names }));
    expect([status, headers.get('content-type'), headers.get('smithy-protocol')]).toEqual([
      200,
      'application/cbor',
      'rpc-v2-cbor',
    ]);
    expect(text).toContain('AlarmName');
    expect(text).toContain('busy');
  });

  test('reads times', async () => {
    const { cbor } = await scene();
    const until = (time: Date) => cbor('DescribeAlarmHistory', cborMap({ EndDate: cborTime(time) }));
    expect((await until(new Date(Date.now() + 60_000))).text).toContain('busy');
    expect((await until(new Date('2020-01-01'))).text).not.toContain('busy');
  });

  test('names the shape of an error in the body, and its code in the query protocol in a header', async () => {
    const { cbor } = await scene();
    const body = cborMap({
      AlarmName: cborText('none'),
      StateValue: cborText('OK'),
      StateReason: cborText('test'),
    });
    const { status, headers, text } = await cbor('SetAlarmState', body);
    expect([status, headers.get('x-amzn-query-error')]).toEqual([404, 'ResourceNotFound;Sender']);
    expect(text).toContain('com.amazonaws.cloudwatch#ResourceNotFound');
  });

  test.each<[string, Uint8Array]>([
    ['that ends too early', Buffer.from([0xbf, 0x61])],
    ['with very deep nesting', Buffer.alloc(200_000, 0x81)],
    ['that announces a huge list', Buffer.from([0x9b, 0, 0, 0, 1, 0, 0, 0, 0])],
    ['with a list in the place of text', cborMap({ AlarmNamePrefix: Buffer.from([0x80]) })],
    ['with an unknown member', cborMap({ Alarm: cborText('busy') })],
    ['with a tag that does not mark a time', cborMap({ AlarmNamePrefix: Buffer.from([0xc2, 0x00]) })],
    ['with a time that does not exist', cborMap({ EndDate: Buffer.from([0xc1, 0xf9, 0x7c, 0x00]) })],
    ['with an unknown minor type', cborMap({ MaxRecords: Buffer.from([0x1c]) })],
  ])('%s is refused', async (_what, body) => {
    const { cbor } = await scene();
    const { status, headers } = await cbor('DescribeAlarms', body);
    expect([status, headers.get('x-amzn-query-error')]).toEqual([400, 'SerializationException;Sender']);
  });
});

describe('compressed requests', () => {
  const form = 'Action=DescribeAlarms&Version=2010-08-01';
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-encoding': 'gzip',
  };

  test('are read', async () => {
    const { sendBytes } = await scene();
    expect((await sendBytes(gzipSync(form), headers)).text).toContain('busy');
  });

  test('are refused if they are not gzip, or too large', async () => {
    const { sendBytes } = await scene();
    expect((await sendBytes(form, headers)).status).toBe(400);
    const cborHeaders = { 'content-encoding': 'gzip', 'smithy-protocol': 'rpc-v2-cbor' };
    const path = '/service/GraniteServiceVersion20100801/operation/DescribeAlarms';
    const large = await sendBytes(gzipSync(Buffer.alloc(50 * 1024 * 1024)), cborHeaders, path);
    expect(large.status).toBe(400);
  });
});

test('an operation that the service does not have is refused in the protocol of the caller', async () => {
  const { query, cbor } = await scene();
  expect((await query('Action=Nothing')).text).toContain('<Code>InvalidAction</Code>');
  expect((await cbor('Nothing', cborMap({}))).headers.get('x-amzn-query-error')).toBe('InvalidAction;Sender');
});
