// The programmatic API: a program provisions, plans, watches and removes a stack, and Slipway prints nothing.
import { existsSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { beforeAll, expect, test } from '@jest/globals';
import { compileProgram } from '../program.ts';
import { followProcess } from './command.ts';
import { httpRequest, machine, type Machine } from './harness.ts';
import { echo, tinyStack } from './tiny-stack.ts';

let library = '';
beforeAll(async () => {
  library = await compileProgram("export * from './index.ts';");
}, 120_000);

/** Runs a program that imports the package, and returns its output and what it saved with `save`. */
async function runProgram({ folder, env, write }: Machine, body: string) {
  const file = write(
    'program.mjs',
    `
    import { writeFileSync } from 'node:fs';
    import { drift, exec, history, logs, plan, Problem, provision, rollback, status, teardown } from '${library}';
    const saved = {};
    const save = (name, value) => writeFileSync('saved.json', JSON.stringify(Object.assign(saved, { [name]: value })));
    const failure = (error) => error instanceof Problem
      ? { code: error.code, why: error.why, now: error.now, fix: error.fix, cause: error.cause?.message }
      : { thrown: String(error) };
    ${body}
  `,
  );
  const running = followProcess(spawn(process.execPath, [file], { cwd: folder, env }));
  const { code, stdout, stderr } = await running.done;
  const saved = existsSync(`${folder}/saved.json`) ? readFileSync(`${folder}/saved.json`, 'utf8') : '{}';
  return { code, stdout, stderr, saved: JSON.parse(saved) as Record<string, unknown> };
}

test('a program stands a stack up, reads its condition, and takes it down', async () => {
  const user = await machine();
  const app = { ...echo('app', 8000, '/app'), readOnlyRoot: false };
  tinyStack(user, { web: { exec: true, containers: { app } } });
  user.write(
    'slipway.config.ts',
    `console.log('the configuration prints');\n${readFileSync(`${user.folder}/slipway.config.ts`, 'utf8')}`,
  );
  const { stdout, stderr, code, saved } = await runProgram(
    user,
    `
    save('before', await status());
    const events = [];
    save('plan', await plan());
    save('provision', await provision({ onEvent: (event) => events.push(event) }));
    save('events', events);
    save('planAfter', await plan());
    save('drift', await drift());
    save('status', await status());
    save('history', await history({ service: 'web' }));
    save('logs', await logs({ container: 'app', since: '1h', grep: 'listens' }));
    save('exec', await exec({ container: 'app', command: ['sh', '-c', 'echo $NAME; exit 3'] }));
    `,
  );
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  const stack = { stack: 'tiny-dev', target: 'sandbox', region: 'eu-west-1', account: '000000000000' };
  expect(saved['before']).toMatchObject({
    ...stack,
    resources: 0,
    url: null,
    services: [expect.objectContaining({ service: 'web', revision: null, healthy: false })],
    healthy: false,
  });
  const { counts } = (saved['plan'] as { plan: { counts: { create: number } } }).plan;
  expect(counts.create).toBeGreaterThan(20);
  const { url } = saved['provision'] as { url: string };
  expect(saved['provision']).toMatchObject({ ...stack, counts, url: expect.stringMatching(/^http:/) });
  expect(saved['planAfter']).toMatchObject({ ...stack, plan: { changes: [], counts: { create: 0 } } });
  expect(saved['drift']).toMatchObject({ drift: { changes: [] }, warnings: [] });
  expect(saved['status']).toMatchObject({
    ...stack,
    resources: expect.any(Number),
    url,
    services: [
      {
        service: 'web',
        revision: 1,
        desired: 1,
        running: 1,
        deployment: 'completed',
        warnings: [],
        healthy: true,
      },
    ],
    healthy: true,
  });
  expect(saved['history']).toMatchObject({ services: [{ service: 'web', revisions: [{ revision: 1 }] }] });
  expect(saved['logs']).toEqual({
    ...stack,
    lines: [expect.objectContaining({ service: 'web', container: 'app', message: 'app listens on 8000' })],
    omitted: 0,
  });
  expect(saved['exec']).toMatchObject({ ...stack, container: 'app', exitCode: 3, output: 'app\n' });
  expect(saved['events']).toEqual(
    expect.arrayContaining([
      { type: 'note', text: 'the configuration prints' },
      expect.objectContaining({ type: 'resource', noun: 'services', key: 'web', status: 'created' }),
    ]),
  );
  expect(await httpRequest(`${url}/app`)).toMatchObject({ status: 200 });
  expect(await user.run('status', '--config', `${user.folder}/slipway.config.ts`)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('web  healthy, 1 of 1 tasks are running, revision 1') as unknown,
  });
  const removal = await runProgram(
    user,
    `save('teardown', await teardown()); save('after', await status());`,
  );
  expect(removal).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(removal.saved['teardown']).toMatchObject({ ...stack, left: 0, removed: expect.any(Number) });
  expect(removal.saved['after']).toMatchObject({ resources: 0 });
}, 180_000);

test('a call that is aborted, or whose listener throws, stops with its state recorded', async () => {
  const user = await machine();
  tinyStack(user);
  const { stdout, stderr, saved } = await runProgram(
    user,
    `
    const untilCreated = (stop) => (event) => { if (event.status === 'created' && event.noun === 'vpc') stop(); };
    const controller = new AbortController();
    const onEvent = untilCreated(() => controller.abort(new Error('enough')));
    save('aborted', await provision({ signal: controller.signal, onEvent }).catch(failure));
    save('stillAborted', await provision({ signal: controller.signal }).catch(failure));
    const throwing = (event) => { if (event.type === 'phase') throw new Error('no more'); };
    save('listener', await provision({ onEvent: throwing }).catch(failure));
    save('provision', await provision());
    save('teardown', await teardown().catch(failure));
    `,
  );
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  const fix = ['npm run provision, to continue from here', 'npm run teardown, to remove everything'];
  const aborted = { code: 'INTERRUPTED', why: 'The signal of the call was aborted.', fix, cause: 'enough' };
  expect(saved['aborted']).toEqual({ ...aborted, now: 'Everything created so far is kept and recorded.' });
  expect(saved['stillAborted']).toEqual({ ...aborted, now: 'Nothing was changed.' });
  expect(saved['listener']).toEqual({ thrown: 'Error: no more' });
  expect(saved['provision']).toMatchObject({ counts: { keep: expect.any(Number) }, url: expect.any(String) });
  expect(saved['teardown']).toMatchObject({ left: 0 });
}, 180_000);

test('bad input is rejected before any call', async () => {
  const user = await machine();
  const { stdout, stderr, saved } = await runProgram(
    user,
    `
    save('noFile', await provision({ config: 'missing.config.ts', stage: 'qa' }).catch(failure));
    save('options', await provision({ target: 'mars', stages: 'qa' }).catch(failure));
    save('noObject', await teardown('dev').catch(failure));
    save('noService', await history({ services: ['web'] }).catch(failure));
    `,
  );
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  expect(saved['noFile']).toMatchObject({ code: 'CONFIG_MISSING', now: 'Nothing was changed.' });
  expect(saved['options']).toMatchObject({
    code: 'ARGUMENTS',
    now: 'Nothing was changed.',
    why: expect.stringMatching(/^target: Invalid option.*\nUnrecognized key: "stages"\.$/),
  });
  expect(saved['noObject']).toMatchObject({ code: 'ARGUMENTS' });
  expect(saved['noService']).toMatchObject({ code: 'ARGUMENTS' });
  expect(user.stateFiles()).toEqual([]);
});
