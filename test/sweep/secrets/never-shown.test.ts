// A user's secrets never appear in the output of a run (even a failing one), in a file, or in the sandbox's journal.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { StackInput } from '../../../lib/config/schema.ts';
import type { Outcome } from '../../journeys/command.ts';
import { machine, type Machine } from '../../journeys/harness.ts';

const SECRETS = {
  variable: 'canary-of-a-variable-"<&>',
  changed: 'canary-of-a-changed-variable',
  argument: '--token=canary-of-an-argument',
  key: 'canary-of-the-secret-key',
  token: 'canary-of-the-session-token',
};
/** Matches every secret, and even parts of one. */
const CANARY = /canary-of/i;

/** A program that prints the account's keys, if it has them. If FAIL is set, the program also prints its secrets and fails. */
const PROGRAM = `
import { createServer } from 'node:http';
const { TOKEN, PORT, FAIL, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
const keys = 'keys: ' + [AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN].map((key) => key ?? 'none');
console.log(keys);
if (FAIL) {
  console.error('cannot sign in with ' + TOKEN + ' and ' + process.argv.join(' ') + ', ' + keys);
  process.exit(1);
}
createServer((request, response) => response.end('{}')).listen(Number(PORT));
process.on('SIGTERM', () => process.exit(0));
`;

let user: Machine;
/** The names of the runs, each with its outcome. */
const outcomes = new Map<string, Outcome>();

const config = (environment: Record<string, string>, more = ''): string[] => {
  const stack: StackInput = {
    name: 'tiny',
    region: 'eu-west-1',
    deregistrationDelaySeconds: 0,
    // The command below names the file of a bundle.
    builder: 'bundle',
    tags: { team: 'web' },
    services: {
      web: {
        containers: {
          app: {
            source: 'app',
            port: 8000,
            path: '/app',
            health: { intervalSeconds: 5, timeoutSeconds: 2 },
            environment: { PORT: '8000', ...environment },
            command: ['node', 'main.cjs', SECRETS.argument],
          },
        },
      },
    },
  };
  return user.config(`export default ${JSON.stringify(stack).replace(/}$/, `${more}}`)};\n`);
};
const run = async (what: string, ...args: Parameters<Machine['run']>): Promise<Outcome> => {
  const outcome = await user.run(...args);
  outcomes.set(what, outcome);
  return outcome;
};
/** Returns the problem of a failed run, from stderr or from the `--json` document. */
function problemOf({ code, stdout, problem }: Outcome): { code: string; why: string } {
  expect(code).toBe(1);
  if (problem && problem.why !== '') return problem;
  return (JSON.parse(stdout) as { problem: { code: string; why: string } }).problem;
}
const addFault = (fault: object) => user.admin('faults', { method: 'POST', body: JSON.stringify(fault) });

beforeAll(async () => {
  user = await machine({
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: SECRETS.key,
    AWS_SESSION_TOKEN: SECRETS.token,
    SLIPWAY_DEBUG: '1',
  });
  user.write('app/main.ts', PROGRAM);
});

async function runEachCommand(): Promise<void> {
  const flags = config({ TOKEN: SECRETS.variable });
  expect(await run('provision', 'provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
  const changedFlags = config({ TOKEN: SECRETS.changed });
  for (const more of [[], ['--json']]) {
    expect(await run(`plan ${more.join()}`, 'provision', ...changedFlags, '--plan', ...more)).toMatchObject({
      code: 2,
    });
    expect(await run(`drift ${more.join()}`, 'provision', ...changedFlags, '--drift', ...more)).toMatchObject(
      {
        code: 2,
      },
    );
  }
  expect(await run('change', 'provision', ...changedFlags, '--json')).toMatchObject({ code: 0 });
}

async function runInvalidConfigurations(): Promise<void> {
  const wrongFlags = config({ TOKEN: SECRETS.variable, 'A=B': SECRETS.changed }, ', "regoin": "x"');
  for (const more of [[], ['--json']]) {
    const refusedRun = await run(`mistake ${more.join()}`, 'provision', ...wrongFlags, ...more);
    expect(problemOf(refusedRun)).toMatchObject({ code: 'CONFIG_INVALID' });
  }
  const [, file = ''] = config({});
  for (const [what, text] of [
    ['an extra string', `environment: { TOKEN: 'x' '${SECRETS.changed}' }`],
    ['an unterminated string', `environment: { TOKEN: '${SECRETS.changed} }`],
    ['a string instead of a list', `command: '${SECRETS.argument}'`],
    ['an extra number', `environment: { TOKEN: ${JSON.stringify([SECRETS.changed])}, A: 1 }`],
  ] as const) {
    const source = readFileSync(file, 'utf8').replace(/"environment":\{[^}]*\},"command":\[[^\]]*\]/, text);
    expect(source).toContain(text);
    const flags = user.config(source, 'wrong.config.ts');
    for (const more of [[], ['--json']])
      expect(await run(`${what} ${more.join()}`, 'provision', ...flags, ...more)).toMatchObject({ code: 1 });
  }
}

async function runRefusedCalls(...more: string[]): Promise<void> {
  const flags = config({ TOKEN: SECRETS.variable });
  await addFault({
    kind: 'refused',
    operation: 'RegisterTaskDefinition',
    code: 'ClientException',
    message: `Invalid: [{name=TOKEN, value=${SECRETS.variable}}] ${JSON.stringify(SECRETS.variable)} [${SECRETS.argument}]`,
    status: 400,
  });
  const refusedProblem = problemOf(await run(`refused ${more.join()}`, 'provision', ...flags, ...more));
  expect(refusedProblem).toMatchObject({ code: 'REFUSED' });
  expect(refusedProblem.why).toMatch(/value=\(not shown\).*\[--token=\(not shown\)\]/);

  await addFault({
    kind: 'refused',
    operation: 'GetCallerIdentity',
    code: 'SignatureDoesNotMatch',
    message: `The Canonical String should have been 'POST\n/\n\nx-amz-security-token:${SECRETS.token}\n\nhost'`,
    status: 403,
  });
  user.env['AWS_ENDPOINT_URL'] = user.endpoint;
  const awsFlags = ['--target', 'aws', '--stage', 'other', '--yes'];
  const unsigned = await run(`unsigned ${more.join()}`, 'provision', ...flags, ...awsFlags, ...more);
  delete user.env['AWS_ENDPOINT_URL'];
  expect(problemOf(unsigned)).toMatchObject({ code: 'CREDENTIALS_EXPIRED' });
}

async function runFailingDeployment(...more: string[]): Promise<void> {
  const failingFlags = config({ TOKEN: SECRETS.variable, FAIL: 'yes' });
  const failedProblem = problemOf(await run(`failed ${more.join()}`, 'provision', ...failingFlags, ...more));
  expect(failedProblem).toMatchObject({ code: 'DEPLOYMENT' });
  expect(failedProblem.why).toMatch(/cannot sign in with \(not shown\) and .*\(not shown\)/);
  // The program does not receive the account's keys, even though it runs on this machine.
  expect(failedProblem.why).toContain('keys: none,none');
}

async function expectNoLeaks(): Promise<void> {
  expect(JSON.stringify(await user.journal())).not.toMatch(CANARY);
  const home = join(user.folder, '.slipway');
  // Like AWS, the sandbox stores the variables of containers, in its world and in the folders of tasks. The program
  // has also printed them to its log.
  const isAwsData = (file: string) => /^sandbox\/(world|tasks\/)/.test(file);
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(home, file)).isFile(),
  );
  expect(files).toEqual(expect.arrayContaining(['tiny-dev.json', 'sandbox/sandbox.log']));
  const modes = ['.', 'sandbox', 'tiny-dev.json', 'sandbox/sandbox.log', 'sandbox/world'].map(
    (name) => statSync(join(home, name)).mode & 0o777,
  );
  // If the sandbox runs as root, its tasks run as other users, who must be able to enter the folders, but not to list them.
  const folderMode = process.getuid?.() === 0 ? 0o711 : 0o700;
  expect(modes).toEqual([folderMode, folderMode, 0o600, 0o600, 0o600]);
  const leakingFiles = files.filter(
    (file) => !isAwsData(file) && CANARY.test(readFileSync(join(home, file), 'latin1')),
  );
  expect(leakingFiles).toEqual([]);

  expect(await run('teardown', 'teardown', ...config({ TOKEN: SECRETS.variable }), '--yes')).toMatchObject({
    code: 0,
  });
  const leakingRuns = [...outcomes].filter(([, { stdout, stderr }]) => CANARY.test(stdout + stderr));
  expect(leakingRuns).toEqual([]);
}

test('secrets never appear in the output of a plan, a drift run, a refusal or a failure, in a file, or in the journal', async () => {
  await runEachCommand();
  await runInvalidConfigurations();
  for (const more of [[], ['--json']]) {
    await runRefusedCalls(...more);
    await runFailingDeployment(...more);
  }
  await expectNoLeaks();
}, 600_000);
