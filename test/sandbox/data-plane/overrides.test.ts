// The overrides of RunTask take effect in the processes of a task.
import { expect, test } from '@jest/globals';
import { taskScene } from './task-scene.ts';

const REPORT = `console.log(JSON.stringify([process.env.A, process.env.B, process.env.C, process.argv.slice(1)]))`;

test('a command and variables of RunTask replace those of the task definition', async () => {
  const scene = await taskScene();
  await scene.push('console.log("not overridden")', 'v1', {}, { Env: ['C=image'] });
  const environment = [
    { name: 'A', value: 'definition' },
    { name: 'B', value: 'definition' },
  ];
  const arn = await scene.run(
    { web: { environment } },
    {},
    {
      overrides: {
        containerOverrides: [
          {
            name: 'web',
            command: ['node', '-e', REPORT, 'migrate'],
            environment: [
              { name: 'B', value: 'override' },
              { name: 'C', value: 'override' },
            ],
          },
        ],
      },
    },
  );
  await scene.waitForStop(arn);
  expect(scene.lines()).toEqual([JSON.stringify(['definition', 'override', 'override', ['migrate']])]);
});

test('a memory limit of RunTask replaces that of the task definition', async () => {
  const scene = await taskScene();
  await scene.push('globalThis.held = Buffer.alloc(150 * 2 ** 20, 1); setInterval(() => {}, 1000);', 'v1');
  const arn = await scene.run(
    { web: {} },
    {},
    {
      overrides: { containerOverrides: [{ name: 'web', memory: 100 }] },
    },
  );
  expect(await scene.waitForStop(arn)).toMatchObject({
    containers: [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  });
});
