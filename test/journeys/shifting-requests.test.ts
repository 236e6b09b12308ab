// Users send requests throughout deployments that shift them: none fails, each version gets its share, and an alarm ends a deployment.
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { expect, test } from '@jest/globals';
import { alarmSettings } from '../sandbox/aws/cloudwatch/scene.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import { httpRequest, machine, type Machine, type Outcome } from './harness.ts';
import { FAST_HEALTH_CHECK, tinyStack } from './tiny-stack.ts';

type Deploy = StackInput['services'][string]['deploy'];

const ALARM = 'tiny-5xx';
// At the pace of the sandbox, each of these pauses takes its minimum: three seconds.
const BLUE_GREEN: Deploy = { blueGreen: { bakeMinutes: 1 } };
const CANARY = { canary: { percent: 20, stepMinutes: 15, bakeMinutes: 0 } };
const LINEAR: Deploy = { linear: { percent: 50, stepMinutes: 15, bakeMinutes: 0 } };

const program = (version: string) => `
import { createServer } from 'node:http';
const server = createServer((_, response) => response.end('${version}')).listen(8000);
process.on('SIGTERM', () => server.close());
`;

/** A version of the service, and the way in which it is deployed. */
function release(user: Machine, version: string, deploy: Deploy): string[] {
  user.write('app/main.ts', program(version));
  return tinyStack(user, {
    web: {
      count: 2,
      deploy,
      containers: { app: { source: 'app', port: 8000, path: '/', health: FAST_HEALTH_CHECK } },
    },
  });
}

/**
 * Sends one request after another until a command ends, and returns the answers in order.
 * @param onAnswer called with each answer
 */
async function answersDuring(
  command: Promise<Outcome>,
  url: string,
  onAnswer?: (answer: string) => Promise<unknown>,
): Promise<string[]> {
  let isOver = false;
  void command.then(() => (isOver = true));
  const answers: string[] = [];
  while (!isOver) {
    const { status, body } = await httpRequest(url);
    const answer = status === 200 ? body : `${status} ${body}`;
    answers.push(answer);
    await onAnswer?.(answer);
  }
  return answers;
}

/** The part of the answers during which both versions answered. */
const whileMixed = (answers: readonly string[], from: string, to: string): string[] =>
  answers.slice(answers.indexOf(to), answers.lastIndexOf(from) + 1);

/**
 * Checks the share of one answer. Each answer comes from a version at random, so the bounds are five standard deviations away; the
 * first and the last answers may belong to another share.
 */
function expectShare(answer: string, answers: readonly string[], share: number): void {
  expect(answers.length).toBeGreaterThan(30);
  const margin = 5 * Math.sqrt((share * (1 - share)) / answers.length) + 2 / answers.length;
  const actual = answers.filter((other) => other === answer).length / answers.length;
  expect(actual).toBeGreaterThan(share - margin);
  expect(actual).toBeLessThan(share + margin);
}

/** Creates an alarm, and returns a function that sets its state. */
async function createAlarm({ endpoint }: Machine): Promise<(state: 'OK' | 'ALARM') => Promise<unknown>> {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const cloudwatch = new CloudWatchClient({ endpoint, region: 'eu-west-1', credentials });
  await cloudwatch.send(
    new PutMetricAlarmCommand({ AlarmName: ALARM, ...alarmSettings, TreatMissingData: 'ignore' }),
  );
  return (StateValue) =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName: ALARM, StateValue, StateReason: 'by the test' }));
}

test('each strategy shifts requests as configured, and loses none', async () => {
  const user = await machine();
  const { run } = user;
  await user.start('sandbox').outputs(/answers at/);
  const url = (await run('provision', ...release(user, 'v1', BLUE_GREEN))).lastLine;
  /** Runs a command with requests, and returns the answers once it has succeeded. */
  const answersOf = async (command: 'provision' | 'rollback', ...args: string[]) => {
    const outcome = run(command, ...args);
    const answers = await answersDuring(outcome, url);
    expect(await outcome).toMatchObject({ code: 0, problem: undefined });
    return answers;
  };

  const updated = await answersOf('provision', ...release(user, 'v2', BLUE_GREEN));
  expect(new Set(updated)).toEqual(new Set(['v1', 'v2']));
  expect(whileMixed(updated, 'v1', 'v2')).toEqual([]);

  const restored = await answersOf('rollback', 'web', ...release(user, 'v2', BLUE_GREEN));
  expect(new Set(restored)).toEqual(new Set(['v1', 'v2']));
  expect(whileMixed(restored, 'v2', 'v1')).toEqual([]);

  const canary = await answersOf('provision', ...release(user, 'v3', CANARY));
  expect(new Set(canary)).toEqual(new Set(['v1', 'v3']));
  expectShare('v3', whileMixed(canary, 'v1', 'v3'), 0.2);

  const linear = await answersOf('provision', ...release(user, 'v4', LINEAR));
  expect(new Set(linear)).toEqual(new Set(['v3', 'v4']));
  expectShare('v4', whileMixed(linear, 'v3', 'v4'), 0.5);
}, 300_000);

test('an alarm sends the requests back to the old version, and the command names the alarm', async () => {
  const user = await machine();
  const { run } = user;
  await user.start('sandbox').outputs(/answers at/);
  const url = (await run('provision', ...release(user, 'v1', BLUE_GREEN))).lastLine;
  const watched = { ...CANARY, alarms: [ALARM] };
  const callsBefore = await user.mutations();
  expect(await run('provision', ...release(user, 'v2', watched))).toMatchObject({
    code: 1,
    problem: {
      code: 'ALARM',
      why: `services.web.deploy.alarms: CloudWatch has no alarm called ${ALARM} in eu-west-1.`,
      now: 'Nothing was changed.',
    },
  });
  expect(await user.mutations()).toEqual(callsBefore);

  const setAlarm = await createAlarm(user);
  const outcome = run('provision', ...release(user, 'v2', watched));
  let isSet = false;
  const answers = await answersDuring(outcome, url, async (answer) => {
    if (answer !== 'v2' || isSet) return;
    isSet = true;
    await setAlarm('ALARM');
  });
  expect(await outcome).toMatchObject({
    code: 1,
    problem: {
      code: 'DEPLOYMENT',
      what: `The deployment of web failed: the alarm ${ALARM} went off.`,
      now: expect.stringMatching(
        /^ECS ended the deployment\. web runs tiny-dev-web:1 \(.*\) with 2 of 2 tasks\. (?!Only)/,
      ),
    },
  });
  expect(new Set(answers)).toEqual(new Set(['v1', 'v2']));
  expect(answers.at(-1)).toBe('v1');
}, 300_000);
