// A session on the sandbox: Slipway's client and the agent of the sandbox run commands in the container of a real task.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ExecuteCommandCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { runSession, type RunningSession } from '../../../exec/data-session.ts';
import { END_OF_INPUT, inputLines, remoteCommand } from '../../../exec/remote-command.ts';
import { systemClock } from '../../../lib/model/clock.ts';
import { hasTerminals } from '../../../sandbox/runtime/execution.ts';
import { taskScene } from '../data-plane/task-scene.ts';

const testWithTerminals = hasTerminals() ? test : test.skip;

/** Runs a task, and returns a function that runs commands in its container. */
async function scene() {
  const started = await taskScene();
  await started.push('setInterval(() => undefined, 1000);', 'v1');
  const Statement = { Effect: 'Allow', Action: 'ssmmessages:*', Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await started.iam.send(new PutRolePolicyCommand({ RoleName: 'task', PolicyName: 'exec', PolicyDocument }));
  const task = await started.run(
    { web: { environment: [{ name: 'GREETING', value: 'hello world' }] } },
    { taskRoleArn: started.role },
    { enableExecuteCommand: true },
  );
  await started.waitForTask(task, ({ lastStatus }) => lastStatus === 'RUNNING');

  async function open(line: string) {
    const call = new ExecuteCommandCommand({
      ...{ cluster: 'main', task, container: 'web', command: line, interactive: true },
    });
    const { session } = await started.ecs.send(call);
    return { streamUrl: session?.streamUrl ?? '', tokenValue: session?.tokenValue ?? '' };
  }

  /** Runs a command to its end. @param act what to do once it has started */
  async function run(
    words: readonly string[],
    {
      input,
      isTyped = false,
      act,
    }: {
      input?: Buffer;
      isTyped?: boolean;
      act?: (session: RunningSession, text: () => string) => void;
    } = {},
  ) {
    const command = remoteCommand({
      words,
      isTyped,
      hasInput: input !== undefined,
      token: `t-${randomBytes(8).toString('hex')}`,
    });
    const chunks: Uint8Array[] = [];
    const text = () => Buffer.concat(chunks).toString();
    const end = await runSession({
      ...(await open(command.line)),
      token: command.token,
      clock: systemClock,
      signal: new AbortController().signal,
      write: async (bytes) => void chunks.push(bytes),
      onStart: (session) => {
        act?.(session, text);
        if (input) void session.send(Buffer.from(inputLines(input) + END_OF_INPUT));
      },
    });
    return { end, output: Buffer.concat(chunks), text: text() };
  }
  return { ...started, task, run, open };
}

const exited = (exitCode: number) => ({ how: 'exited', exitCode });

test('commands have the variables and the folder of the container, and report their exit code', async () => {
  const { run } = await scene();
  const env = await run(['sh', '-c', 'echo "$GREETING" $AWS_REGION; exit 3']);
  expect(env).toMatchObject({ end: exited(3), text: 'hello world eu-west-1\n' });
  expect((await run(['printf', '%s|', 'a b', "it's", '$HOME', '*'])).text).toBe("a b|it's|$HOME|*|");
  expect(await run(['no-such-program'])).toMatchObject({
    end: exited(127),
    text: expect.stringContaining('not found'),
  });
});

testWithTerminals('input and output pass unchanged, whatever bytes they have', async () => {
  const { run } = await scene();
  const input = Buffer.concat([
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    randomBytes(60_000),
  ]);
  const echoed = await run(['cat'], { input });
  expect(echoed.end).toEqual(exited(0));
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  expect(hash(echoed.output)).toBe(hash(input));
  expect((await run(['wc', '-c'], { input: Buffer.alloc(0) })).text.trim()).toBe('0');
  // A command that does not read its input ends all the same.
  expect((await run(['true'], { input: randomBytes(300_000) })).end).toEqual(exited(0));
});

testWithTerminals(
  'a shell has a terminal of the size of the user, and Ctrl-C ends only its program',
  async () => {
    const { run } = await scene();
    const { end, text } = await run(['sh'], {
      isTyped: true,
      act: (session, text) => {
        expect(session).toMatchObject({ hasTerminal: true, isRaw: true });
        session.resize({ cols: 123, rows: 45 });
        const type = (keys: string) => session.send(Buffer.from(keys));
        void (async () => {
          await type('until [ "$(stty size)" = "45 123" ]; do :; done; tty; echo si""ze; sleep 1000\n');
          while (!/\nsize\r/.test(text())) await delay(20);
          await type('\x03');
          await type('echo code $?; exit 4\n');
        })();
      },
    });
    expect(text).toMatch(/\/dev\/pts\/\d+\r\nsize\r\n/);
    expect(text).toContain('code 130');
    expect(end).toEqual(exited(4));
  },
);

test('the session ends when its task stops, and the exit code is then not known', async () => {
  const { run, ecs, task } = await scene();
  const { end } = await run(['sh', '-c', 'echo started; sleep 1000'], {
    act: () => void ecs.send(new StopTaskCommand({ cluster: 'main', task })),
  });
  expect(end).toMatchObject({ how: 'closed', hasStarted: true });
});

test('a command line without the wrapper of Slipway runs, too, and one that cannot start says why', async () => {
  const { open } = await scene();
  const end = await runSession({
    ...(await open('no-such-program --flag')),
    token: 'never printed',
    clock: systemClock,
    signal: new AbortController().signal,
    write: async () => undefined,
    onStart: () => undefined,
  });
  expect(end).toMatchObject({
    how: 'closed',
    hasStarted: false,
    reason: expect.stringContaining('executable file not found'),
  });
});
