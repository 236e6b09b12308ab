// Images by reference are checked before a deployment: missing ones, and those for another platform, stop it.
import { BatchGetImageCommand } from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import type { Config } from '../../../lib/config/config.ts';
import { NOTHING_CHANGED } from '../../../lib/model/problem.ts';
import { checkImageReferences } from '../../../provision/image-references.ts';
import { change } from '../engine-harness.ts';
import { awsError, config, lookContextOf, mocks, sentCalls } from '../step-harness.ts';

const ACCOUNT = '111122223333';
const REGISTRY = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
const deployment = [change('taskDefinitions', 'web', 'update')];

/** Checks a stack whose containers run images by reference. @returns the notes */
async function check(
  references: readonly string[],
  changes = deployment,
  isSandbox = false,
): Promise<string[]> {
  const stack = config();
  const [service] = stack.services;
  if (!service) throw new Error('The configuration has no service');
  const containers = references.map((reference, index) => ({
    ...service.containers[0],
    name: `app${index + 1}`,
    image: { reference },
  })) as unknown as Config['services'][number]['containers'];
  const notes: string[] = [];
  await checkImageReferences(
    {
      aws: lookContextOf().aws,
      config: { ...stack, region: 'eu-west-1', services: [{ ...service, name: 'web', containers }] },
      account: ACCOUNT,
      target: {
        endpointName: isSandbox ? 'sandbox' : 'http://127.0.0.1:5000',
        sandbox: isSandbox ? ({ pullsOnlyFromEcr: true } as never) : undefined,
      },
      signal: new AbortController().signal,
      report: ({ text }) => void notes.push(text),
    },
    changes,
  );
  return notes;
}
const manifest = (architecture: string) => ({
  images: [{ imageManifest: JSON.stringify({ manifests: [{ platform: { os: 'linux', architecture } }] }) }],
});

test('an image that exists for the platform is accepted', async () => {
  mocks.ecr.on(BatchGetImageCommand).resolves(manifest('amd64'));
  expect(await check([`${REGISTRY}/shop:1`])).toEqual([]);
  expect(sentCalls()).toMatchObject([
    { input: { registryId: ACCOUNT, repositoryName: 'shop', imageIds: [{ imageTag: '1' }] } },
  ]);
});

test('images that are missing and images for another platform are one problem', async () => {
  mocks.ecr
    .on(BatchGetImageCommand, { repositoryName: 'gone' })
    .rejects(awsError('RepositoryNotFoundException', 'no repository'))
    .on(BatchGetImageCommand, { repositoryName: 'shop' })
    .resolves({ failures: [{ failureCode: 'ImageNotFound' }] })
    .on(BatchGetImageCommand, { repositoryName: 'arm' })
    .resolves(manifest('arm64'));
  await expect(
    check([`${REGISTRY}/gone:1`, `${REGISTRY}/shop:9`, `${REGISTRY}/arm:1`]),
  ).rejects.toMatchObject({
    code: 'IMAGE',
    what: `The image ${REGISTRY}/gone:1 of app1 does not exist; the image ${REGISTRY}/shop:9 of app2 does not exist; the image ${REGISTRY}/arm:1 of app3 is not built for linux/amd64.`,
    why: 'The repository gone does not exist.\nThe repository shop has no tag 9.\nIt is built for linux/arm64.',
    now: NOTHING_CHANGED,
    fix: [
      'Correct image of app1, or push the image.',
      'Correct image of app2, or push the image.',
      expect.stringContaining('docker buildx build --platform linux/amd64'),
    ],
  });
});

test('an image that cannot be checked is reported, and does not stop the deployment', async () => {
  mocks.ecr.on(BatchGetImageCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  expect(await check([`${REGISTRY}/shop:1`])).toEqual(['the image of app1 was not checked: not allowed']);
});

test('a repository of another account may be hidden, so its absence proves nothing', async () => {
  mocks.ecr.on(BatchGetImageCommand).rejects(awsError('RepositoryNotFoundException', 'no repository'));
  expect(await check(['999922223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1'])).toEqual([
    'the image of app1 was not checked: no repository',
  ]);
});

test('only the images of services that are deployed are checked', async () => {
  await check([`${REGISTRY}/shop:1`], []);
  await check([`${REGISTRY}/shop:1`], [change('taskDefinitions', 'web', 'remove')]);
  expect(sentCalls()).toEqual([]);
});

/** Checks one container on a sandbox whose machine has no OCI runtime. Returns what the sandbox was asked. */
async function checkWithoutRuntime(container: object, lacks: boolean): Promise<unknown[]> {
  const stack = config();
  const [service] = stack.services;
  const asked: unknown[] = [];
  const lacksRuntime = (image: unknown) => {
    asked.push(image);
    return Promise.resolve(lacks);
  };
  const containers = [{ ...service?.containers[0], name: 'app1', command: ['serve'], ...container }] as never;
  await checkImageReferences(
    {
      aws: lookContextOf().aws,
      config: { ...stack, region: 'eu-west-1', services: [{ ...service, name: 'web', containers } as never] },
      account: ACCOUNT,
      target: { endpointName: 'sandbox', sandbox: { pullsOnlyFromEcr: true, lacksRuntime } as never },
      signal: new AbortController().signal,
      report: () => undefined,
    },
    deployment,
  );
  return asked;
}

test('an image by reference that needs an OCI runtime is rejected on a machine without one', async () => {
  mocks.ecr.on(BatchGetImageCommand).resolves(manifest('amd64'));
  const image = { reference: `${REGISTRY}/shop:1` };
  await expect(checkWithoutRuntime({ image }, true)).rejects.toMatchObject({
    code: 'IMAGE',
    what: `The image ${REGISTRY}/shop:1 of app1 cannot run on this machine.`,
    now: NOTHING_CHANGED,
    fix: [expect.stringContaining('apt-get install runc')],
  });
  const question = { ...image, region: 'eu-west-1', command: ['serve'] };
  expect(await checkWithoutRuntime({ image }, false)).toEqual([question]);
});

test('so is a folder whose program is not Node, and a Node program is not asked about', async () => {
  const image = { source: '/srv/python' };
  await expect(checkWithoutRuntime({ image, lacksNode: true }, true)).rejects.toMatchObject({
    code: 'IMAGE',
    what: '/srv/python of app1 cannot run on this machine.',
  });
  expect(await checkWithoutRuntime({ image, lacksNode: true }, false)).toEqual([undefined]);
  expect(await checkWithoutRuntime({ image }, true)).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('the sandbox says before a deployment what it cannot pull', async () => {
  await expect(check(['nginx:1'], deployment, true)).rejects.toMatchObject({
    code: 'IMAGE',
    what: 'The sandbox cannot pull the image nginx:1 of app1.',
    why: `The sandbox pulls only from its own ECR, ${REGISTRY}.`,
  });
});
