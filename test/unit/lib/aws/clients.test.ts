// Calls that fail. A scripted server answers them and counts every request, including any that the SDK repeats.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateVpcCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { isAmbiguous, hasErrorResponse } from '../../../../lib/aws/errors.ts';
import { awsClients, type Aws } from '../../../../lib/aws/clients.ts';
import { systemClock, type Clock } from '../../../../lib/model/clock.ts';
import { trackRecentlyCreated, type RecentlyCreated } from '../../../../lib/aws/recently-created.ts';
import { allRecentlyCreated } from '../../recently-created.ts';
import { explain } from '../../../../lib/aws/explain.ts';
import { testClock } from '../../clock.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

interface Answer {
  readonly status: number;
  readonly body: string;
}
/** A connection that breaks before the response. */
const BROKEN = 'broken';
/** A connection on which nothing arrives. */
const SILENT = 'silent';
/** A connection on which a byte of the response arrives now and then, without an end. */
const TRICKLE = 'trickle';
/** A connection on which the response stops in the middle. */
const TRUNCATED = 'truncated';

const ec2Error = (status: number, code: string): Answer => ({
  status,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${code}!</Message></Error></Errors></Response>`,
});
const THROTTLED = ec2Error(503, 'RequestLimitExceeded');
const DOWN = ec2Error(500, 'InternalError');
const ADDRESS: Answer = {
  status: 200,
  body: '<AllocateAddressResponse><allocationId>eipalloc-1</allocationId></AllocateAddressResponse>',
};
const VPCS: Answer = { status: 200, body: '<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>' };

let answers: (Answer | typeof BROKEN | typeof SILENT | typeof TRUNCATED | typeof TRICKLE)[];
let receivedCount: number;
const server = createServer((request, response) => {
  receivedCount += 1;
  const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? DOWN;
  request.resume().on('end', () => {
    if (answer === SILENT) return;
    if (answer === TRUNCATED) response.writeHead(200, { 'content-length': 99 }).write('<Describe');
    else if (answer === TRICKLE) {
      response.writeHead(200).write('<Describe');
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    } else if (answer === BROKEN) request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
  });
});
const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: 'b' };
const abort = new AbortController();
let aws: Aws;

beforeEach(async () => {
  receivedCount = 0;
  // Each delay is a random fraction of a growing limit. Here, delays take no time.
  jest.spyOn(Math, 'random').mockReturnValue(0);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  aws = clients(testClock());
});
afterEach(async () => {
  jest.restoreAllMocks();
  aws.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** @param idleMs the idle time in milliseconds; it is long by default, since a loaded machine responds slowly */
const clients = (
  clock: Clock,
  signal = abort.signal,
  recentlyCreated: RecentlyCreated | undefined = allRecentlyCreated,
  idleMs = 20_000,
) =>
  awsClients(
    {
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: CREDENTIALS,
      timeouts: { connectMs: 10_000, idleMs },
    },
    { clock, signal, recentlyCreated },
  );

const describeVpcs = () => aws.ec2(new DescribeVpcsCommand({}));
const useShortIdleTime = () => (aws = clients(testClock(), abort.signal, allRecentlyCreated, 200));
const allocate = () => aws.ec2Once(new AllocateAddressCommand({ Domain: 'vpc' }));

describe('a call that may be repeated', () => {
  test('is sent again when AWS is briefly down, or the connection breaks', async () => {
    answers = [DOWN, BROKEN, VPCS];
    await expect(describeVpcs()).resolves.toMatchObject({ Vpcs: [] });
    expect(receivedCount).toBe(3);
  });

  test('is given up after four attempts if AWS stays down', async () => {
    answers = [DOWN];
    await expect(describeVpcs()).rejects.toMatchObject({ name: 'InternalError' });
    expect(receivedCount).toBe(4);
  });

  test('is sent up to ten times while AWS throttles it, since others in the account share the rate limit', async () => {
    answers = [...Array<Answer>(9).fill(THROTTLED), VPCS];
    await expect(describeVpcs()).resolves.toMatchObject({ Vpcs: [] });
    answers = [THROTTLED];
    receivedCount = 0;
    await expect(describeVpcs()).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    expect(receivedCount).toBe(10);
  });
});

describe('an idle connection', () => {
  beforeEach(() => void useShortIdleTime());

  test.each([SILENT, TRUNCATED] as const)(
    '(%s) counts as a lost response: the call is sent again',
    async (silence) => {
      answers = [silence, VPCS];
      await expect(describeVpcs()).resolves.toMatchObject({ Vpcs: [] });
      expect(receivedCount).toBe(2);
    },
  );

  test.each([SILENT, TRUNCATED] as const)(
    '(%s) is explained in a problem once all retries have failed',
    async (silence) => {
      answers = [silence];
      const error: unknown = await describeVpcs().catch((reason: unknown) => reason);
      expect(receivedCount).toBe(4);
      expect(isAmbiguous(error)).toBe(true);
      const situation = {
        doing: 'a look',
        region: 'eu-west-1',
        command: 'npm run provision',
        mayHaveChanged: false,
      };
      expect(explain(error, { ...situation, endpoint: 'http://here' })).toMatchObject({
        code: 'ENDPOINT',
        what: 'Nothing answers at http://here.',
        why: 'no data arrived for 0.2 s',
      });
      expect(explain(error, situation)).toMatchObject({ code: 'REGION' });
    },
  );

  test('in the middle of a response leaves it unknown whether the call took effect', async () => {
    answers = [TRUNCATED];
    const error: unknown = await allocate().catch((reason: unknown) => reason);
    expect([hasErrorResponse(error), isAmbiguous(error)]).toEqual([false, true]);
    expect(receivedCount).toBe(1);
  });

  test('is closed immediately when the run is aborted', async () => {
    const controller = new AbortController();
    answers = [SILENT];
    aws = clients(systemClock, controller.signal);
    const describing = describeVpcs();
    await new Promise((resolve) => server.once('request', resolve));
    controller.abort();
    await expect(describing).rejects.toMatchObject({ name: 'AbortError' });
    expect(receivedCount).toBe(1);
  });
});

test('a response that never ends, although it is never idle, counts as lost', async () => {
  aws.close();
  aws = awsClients(
    {
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: CREDENTIALS,
      timeouts: { connectMs: 10_000, idleMs: 20_000, callMs: 300 },
    },
    { clock: testClock(), signal: abort.signal },
  );
  answers = [TRICKLE, VPCS];
  await expect(describeVpcs()).resolves.toMatchObject({ Vpcs: [] });
  expect(receivedCount).toBe(2);
  answers = [TRICKLE];
  await expect(describeVpcs()).rejects.toMatchObject({
    name: 'TimeoutError',
    message: 'DescribeVpcs had no complete response within 0.3 s',
  });
});

test('a call gives up on a server that accepts no connections', async () => {
  // This address never answers: https://www.rfc-editor.org/rfc/rfc5737
  const unreachable = { region: 'eu-west-1', endpoint: 'http://192.0.2.1', credentials: CREDENTIALS };
  aws = awsClients(
    { ...unreachable, timeouts: { connectMs: 50, idleMs: 50 } },
    { clock: testClock(), signal: abort.signal },
  );
  const error: unknown = await describeVpcs().catch((reason: unknown) => reason);
  expect(isAmbiguous(error)).toBe(true);
});

test.each([
  [200, '<html><body><p>Sign in</body></html>'],
  [404, '<html><body><p>Not found</body></html>'],
  [200, 'hello'],
])('a server other than AWS is recognised by its response: %d %s', async (status, body) => {
  answers = [{ status, body }];
  const error: unknown = await describeVpcs().catch((reason: unknown) => reason);
  expect(
    explain(error, {
      doing: 'a look',
      region: 'r',
      command: 'c',
      mayHaveChanged: false,
      endpoint: 'http://here',
    }),
  ).toMatchObject({
    code: 'ENDPOINT',
    what: 'The server at http://here is not AWS.',
    why: expect.stringMatching(/^@aws-sdk XML parse error: .{5,40}$/) as unknown,
  });
});

describe('a create call without a client token', () => {
  test.each([
    ['the server fails', DOWN],
    ['the connection breaks', BROKEN],
    ['no response arrives', SILENT],
  ] as const)('is sent only once when %s', async (_, answer) => {
    if (answer === SILENT) useShortIdleTime();
    answers = [answer, ADDRESS];
    await expect(allocate()).rejects.toThrow();
    expect(receivedCount).toBe(1);
  });

  test('is sent again when it was throttled, since a throttled call has no effect', async () => {
    answers = [THROTTLED, THROTTLED, ADDRESS];
    await expect(allocate()).resolves.toMatchObject({ AllocationId: 'eipalloc-1' });
    expect(receivedCount).toBe(3);
  });

  test('is not sent a third time when it is throttled once and then fails', async () => {
    answers = [THROTTLED, DOWN, ADDRESS];
    await expect(allocate()).rejects.toMatchObject({ name: 'InternalError' });
    expect(receivedCount).toBe(2);
  });
});

describe('a permanent error is never retried', () => {
  test.each([
    ['a refusal', ec2Error(400, 'InvalidParameterValue')],
    ['a denial', ec2Error(403, 'UnauthorizedOperation')],
    ['an EC2 quota', ec2Error(400, 'VpcLimitExceeded')],
  ])('%s', async (_, answer) => {
    answers = [answer];
    await expect(aws.ec2(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).rejects.toThrow('!');
    expect(receivedCount).toBe(1);
  });

  test('an IAM quota, which the SDK mistakes for throttling', async () => {
    answers = [
      {
        status: 409,
        body: '<ErrorResponse><Error><Code>LimitExceeded</Code><Message>1000 roles</Message></Error></ErrorResponse>',
      },
    ];
    const create = new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{}' });
    await expect(aws.iam(create)).rejects.toMatchObject({ message: '1000 roles' });
    expect(receivedCount).toBe(1);
  });

  test('an ECS quota, which the SDK mistakes for throttling', async () => {
    answers = [{ status: 400, body: '{"__type":"LimitExceededException","message":"too many"}' }];
    await expect(aws.ecs(new CreateClusterCommand({ clusterName: 'c' }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    expect(receivedCount).toBe(1);
  });
});

describe('a transient error', () => {
  const attach = () =>
    aws.ec2(new AttachInternetGatewayCommand({ InternetGatewayId: 'igw-1', VpcId: 'vpc-1' }));
  const notVisible = ec2Error(400, 'InvalidInternetGatewayID.NotFound');
  const attached: Answer = {
    status: 200,
    body: '<AttachInternetGatewayResponse><return>true</return></AttachInternetGatewayResponse>',
  };

  test('is retried until it clears up', async () => {
    answers = [notVisible, notVisible, notVisible, notVisible, notVisible, attached];
    await attach();
    expect(receivedCount).toBe(6);
  });

  test('is permanent once its time limit has passed', async () => {
    answers = [notVisible];
    const clock = testClock();
    // Every delay is one second here, to keep the number of attempts small.
    aws = clients({ ...clock, sleep: (_, signal) => clock.sleep(1000, signal) });
    const start = clock.now();
    await expect(attach()).rejects.toMatchObject({ name: 'InvalidInternetGatewayID.NotFound' });
    expect(clock.now() - start).toBe(61_000);
    expect(receivedCount).toBe(62);
  });

  test('is retried only for recently created resources', async () => {
    const clock = testClock();
    const recentlyCreated = trackRecentlyCreated(clock);
    aws = clients(clock, abort.signal, recentlyCreated);
    answers = [notVisible];
    await expect(attach()).rejects.toMatchObject({ name: 'InvalidInternetGatewayID.NotFound' });
    expect(receivedCount).toBe(1);
    recentlyCreated.treatAllAsCreatedAt(clock.now());
    answers = [notVisible, attached];
    await attach();
  });

  test('is not retried when another command returns it', async () => {
    answers = [notVisible];
    await expect(describeVpcs()).rejects.toMatchObject({ name: 'InvalidInternetGatewayID.NotFound' });
    expect(receivedCount).toBe(1);
  });

  test('is not retried once the run is aborted', async () => {
    const controller = new AbortController();
    answers = [notVisible];
    aws = clients(systemClock, controller.signal);
    const attaching = attach();
    await new Promise((resolve) => server.once('request', resolve));
    controller.abort();
    await expect(attaching).rejects.toThrow();
    expect(receivedCount).toBe(1);
  });
});

test('nothing is sent once the run is aborted', async () => {
  aws = clients(testClock(), AbortSignal.abort());
  answers = [VPCS];
  await expect(describeVpcs()).rejects.toThrow();
  expect(receivedCount).toBe(0);
});

test('closing the clients aborts the calls that are under way and does not send them again', async () => {
  answers = [THROTTLED];
  const describing = describeVpcs();
  await new Promise((resolve) => server.once('request', resolve));
  aws.close();
  await expect(describing).rejects.toThrow();
  expect(receivedCount).toBe(1);
});
