/** Runs the deploys: each as a first deploy and as an update of a version that works, in a sandbox with its own ports. */
import { appendFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  eventually,
  httpRequest,
  isAlive,
  machine,
  type Machine,
  type Outcome,
} from '../journeys/harness.ts';
import { GOOD, GOOD_PROGRAM, type DeployCase } from './deploy-case.ts';

const MODES = ['first deploy', 'update'] as const;
export type Mode = (typeof MODES)[number];

/** The result of one deploy, for the table of docs/rollouts.md. */
export interface DeployLine {
  readonly name: string;
  readonly fault: string;
  readonly mode: Mode;
  /** The first line that the user reads: the problem, or that the deploy works. */
  readonly printed: string;
  /** How long the command took, in seconds. */
  readonly seconds: number;
}

/** Writes the configuration and the programs of a deploy, and returns the flags that name them. */
function written(
  user: Machine,
  services: DeployCase['services'],
  folders: DeployCase['folders'] = {},
): string[] {
  for (const [folder, program] of Object.entries({ good: GOOD_PROGRAM, ...folders })) {
    user.write(`${folder}/main.ts`, program);
    user.write(`${folder}/package.json`, `{ "name": "${folder}", "private": true, "type": "module" }\n`);
  }
  return user.config({ name: 'ro', region: 'eu-west-1', services });
}

/** Provisions, and changes the account by hand as soon as the run has made a certain call. */
async function provision(
  user: Machine,
  flags: readonly string[],
  { meanwhile, after }: { readonly meanwhile: DeployCase['meanwhile']; readonly after: string },
): Promise<Outcome> {
  const callCount = async () => (await user.mutations()).filter((call) => call === after).length;
  const before = await callCount();
  const running = user.start('provision', ...flags);
  let hasEnded = false;
  const done = running.done.finally(() => (hasEnded = true));
  while (meanwhile && !hasEnded) {
    if ((await callCount()) > before) {
      await meanwhile(user);
      break;
    }
    await new Promise((later) => setTimeout(later, 20));
  }
  return done;
}

/** Declares two tests for each case. */
export function testDeploys(cases: readonly DeployCase[], modes: readonly Mode[] = MODES): void {
  describe.each(modes)('%s', (mode) => {
    for (const one of cases) test(`${one.name}: ${one.fault}`, () => testDeploy(one, mode), 300_000);
  });
}

async function testDeploy(one: DeployCase, mode: Mode): Promise<void> {
  const user = await machine();
  try {
    await deployAndCheck(user, one, mode);
  } finally {
    // The sandbox of a machine would otherwise run until the end of the file, and slow the other deploys down.
    await stopSandbox(user);
  }
}

async function stopSandbox(user: Machine): Promise<void> {
  const pid = await user.sandboxPid().catch(() => undefined);
  if (pid === undefined) return;
  await user.admin('stop', { method: 'POST' });
  await eventually(() => (isAlive(pid) ? undefined : true));
}

async function deployAndCheck(user: Machine, one: DeployCase, mode: Mode): Promise<void> {
  let url = '';
  // The commands give a sandbox only so long to start; on a busy machine that is not the fault that is tested.
  await user.start('sandbox').outputs(/answers at/);
  await one.prepare?.(user);
  if (mode === 'update') {
    const first = await user.run('provision', ...written(user, GOOD));
    expect(first).toMatchObject({ code: 0, problem: undefined });
    url = `${first.lastLine}/api`;
  }
  const start = performance.now();
  // An update pushes its image right after the survey. A first deploy still creates what the change by hand breaks.
  const after = mode === 'update' ? 'ecr:PutImage' : 'ecs:RegisterTaskDefinition';
  const flags = written(user, one.services, one.folders);
  const outcome = await provision(user, flags, { meanwhile: one.meanwhile, after });
  const seconds = (performance.now() - start) / 1000;
  const { problem } = outcome;
  report({ name: one.name, fault: one.fault, mode, printed: printedBy(outcome, user), seconds });
  if (!one.cause) {
    expect(outcome).toMatchObject({ code: 0, problem: undefined });
    if (one.warning) expect(outcome.stderr).toMatch(one.warning);
    return;
  }
  expect(outcome.code).toBe(1);
  // The cause comes first: in the sentence that says what happened, or in the first line that says why.
  const why = problem?.why ?? '';
  const beginning = `${problem?.what}\n${problem?.code === 'STEPS_FAILED' ? why : why.split('\n')[0]}`;
  expect(beginning).toMatch(one.cause);
  if (one.fix) expect(problem?.fix.join('\n')).toMatch(one.fix);
  if (mode === 'update' && !one.cutsOffAll && !one.stays)
    expect(await httpRequest(url)).toMatchObject({ status: 200, body: 'v1 /api' });
}

/** Returns the sentence that names the cause. If the sentence only names a file or several services, the reasons follow. */
function printedBy({ problem }: Outcome, { folder }: Machine): string {
  if (!problem) return 'works';
  const reasons = problem.why.split('\n');
  const ofSteps = reasons.flatMap((line) => /^The deployment of .+?\.(?= ECS:|$)/.exec(line)?.[0] ?? []);
  const namesFile = ['BUNDLE', 'PACKAGE', 'CONFIG_INVALID'].includes(problem.code);
  const more = namesFile ? reasons.slice(0, 2) : problem.code === 'STEPS_FAILED' ? ofSteps : [];
  return [problem.what, ...more]
    .join(' ')
    .replaceAll(`${folder}/`, '')
    .replace(/app-\d+\.sock/, 'app.sock');
}

/** Appends a result to the file that DEPLOYS_REPORT names, if any. */
function report(line: DeployLine): void {
  const file = process.env['DEPLOYS_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
