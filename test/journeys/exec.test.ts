// A user starts commands and a shell in a running container, with their exit codes, and learns why a container cannot be entered.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { followProcess } from './command.ts';
import { machine, ROOT, type Machine } from './harness.ts';
import { testWithPython } from './terminal.ts';
import { echo, tinyStack } from './tiny-stack.ts';

/** Provisions a stack of a service with ECS Exec and one without it, and returns the flags that name it. */
async function provisioned(user: Machine): Promise<string[]> {
  await user.start('sandbox').outputs(/answers at/);
  const app = echo('app', 8000, '/app');
  const flags = tinyStack(user, {
    web: { exec: true, containers: { app: { ...app, readOnlyRoot: false }, side: echo('side', 8001) } },
    jobs: { containers: { job: echo('job', 9000) } },
  });
  expect(await user.run('provision', ...flags)).toMatchObject({ code: 0 });
  return flags;
}

test('exec starts commands with the exit code as its own, passes input, and explains what cannot be entered', async () => {
  const user = await machine();
  const { run } = user;
  const flags = await provisioned(user);
  const env = await run('exec', 'app', ...flags, '--', 'env');
  expect(env).toMatchObject({ code: 0, problem: undefined });
  expect(env.stdout).toMatch(/^NAME=app$/m);
  expect(env.stdout).not.toMatch(/slipway-[0-9a-f]{24}|\r/);
  expect(env.stderr).toMatch(/in app of task [0-9a-f]{32}/);
  expect((await run('exec', 'web/app', ...flags, '--', 'sh', '-c', 'exit 3')).code).toBe(3);
  const json = await run('exec', 'app', '--json', ...flags, '--', 'sh', '-c', 'printf "a\\377"; exit 7');
  expect(json.code).toBe(7);
  expect(JSON.parse(json.stdout)).toMatchObject({
    ...{ command: 'exec', ok: true, service: 'web', container: 'app', exitCode: 7 },
    ...{ output: 'Yf8=', encoding: 'base64' },
  });

  const command = [join(ROOT, 'run.js'), 'exec', 'app', ...flags, '--', 'sh', '-c', 'cat; exit 4'];
  const piped = spawnSync(process.execPath, command, { cwd: ROOT, env: user.env, input: 'one\ntwo' });
  expect([piped.status, piped.stdout.toString()]).toEqual([4, 'one\ntwo']);
  const cut = spawnSync(
    'sh',
    ['-c', '"$0" "$@" | head -n 1', process.execPath, ...command.slice(0, -1), 'yes'],
    {
      ...{ cwd: ROOT, env: user.env, encoding: 'utf8', input: '' },
    },
  );
  expect([cut.stdout, cut.stderr]).toEqual(['y\n', expect.not.stringMatching(/problem|Error/)]);

  const codes = async (...args: string[]) => {
    const { code, problem } = await run('exec', ...args);
    return [code, problem?.code];
  };
  expect(await codes('side', ...flags, '--', 'true')).toEqual([125, 'EXEC_NO_AGENT']);
  expect(await codes('job', ...flags, '--', 'true')).toEqual([125, 'EXEC_NOT_ENABLED']);
  expect(await codes('app', '--task', '0000', ...flags, '--', 'true')).toEqual([125, 'EXEC_NO_TASK']);
  expect(await codes('web', ...flags, '--', 'true')).toEqual([125, 'ARGUMENTS']);
  expect(await codes('app', ...flags)).toEqual([125, 'ARGUMENTS']);
  expect(await codes(...flags, '--', 'true')).toEqual([125, 'ARGUMENTS']);
  // Neither the commands nor what they print are recorded.
  expect(JSON.stringify(await user.journal())).not.toMatch(/exit 3|NAME=app/);
}, 240_000);

// Opens a terminal of 100 columns, types each line when the last one has been answered, and reports the modes at the end.
const TYPIST = `
import fcntl, os, pty, re, struct, sys, termios
keys = [('[$#] $', 'stty size\\r'), ('40 100', 'sleep 1000\\r'), ('sleep 1000', '\\x03'), ('\\\\^C', 'echo code $?\\r'), ('code 130', 'exit 9\\r')]
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 100, 0, 0))
text, seen = '', 0
while True:
  try: data = os.read(fd, 65536)
  except OSError: break
  if not data: break
  text += data.decode(errors='replace')
  while keys and re.search(keys[0][0], text[seen:]):
    seen = len(text)
    os.write(fd, keys.pop(0)[1].encode())
mode = termios.tcgetattr(fd)[3]
print(text, 'RESTORED' if mode & termios.ICANON and mode & termios.ECHO else 'RAW')
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

testWithPython(
  'at a terminal, exec is a shell of its size, Ctrl-C reaches the program, and the terminal is restored (needs python3 on the PATH)',
  async () => {
    const user = await machine();
    const flags = await provisioned(user);
    const shell = followProcess(
      spawn('python3', ['-c', TYPIST, process.execPath, join(ROOT, 'run.js'), 'exec', 'app', ...flags], {
        cwd: ROOT,
        env: { ...user.env, TERM: 'xterm', PS1: '$ ' },
      }),
    );
    const { code, stdout } = await shell.done;
    expect(stdout).toContain('40 100');
    expect(stdout).toContain('code 130');
    expect(stdout).toMatch(/RESTORED\s*$/);
    expect(code).toBe(9);
  },
  240_000,
);
