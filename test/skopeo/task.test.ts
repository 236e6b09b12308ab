// An ECS task runs an image that skopeo pushed. The task definition names the registry's host on AWS or on this machine.
import { DescribeTasksCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { packImage } from '../../lib/image/oci.ts';
import { taskScene } from '../sandbox/data-plane/task-scene.ts';
import { skopeoFor, writeOciLayout } from './skopeo.ts';

test.each([
  ['AWS', () => '000000000000.dkr.ecr.eu-west-1.amazonaws.com'],
  ['this machine', (host: string) => host],
])(
  "a task runs an image that skopeo pushed, with the registry's host on %s",
  async (_, hostOf) => {
    const scene = await taskScene({ pace: 'instant' });
    const skopeo = await skopeoFor(scene);
    const program = new TextEncoder().encode('console.log("skopeo pushed this");');
    const image = await packImage([{ name: 'main.cjs', bytes: program }]);
    expect(await skopeo.push(`${writeOciLayout({ v1: image })}:v1`, 'web:v1')).toMatchObject({ code: 0 });
    const taskArn = await scene.run({ app: { image: `${hostOf(skopeo.host)}/web:v1` } });
    const task = await scene.waitForStop(taskArn);
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 0 }] });
    expect(scene.lines()).toContain('skopeo pushed this');
    // The tag is resolved to a digest when the task starts.
    const { tasks } = await scene.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [taskArn] }));
    expect(tasks?.[0]?.containers?.[0]?.imageDigest).toBe(image.digest);
  },
  60_000,
);
