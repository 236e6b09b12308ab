// Each of the last ten revisions can be restored, also when its image has lost its tag or has got another one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  GetLifecyclePolicyCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
} from '@aws-sdk/client-ecr';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

const COUNT = 10;
const repositoryName = 'shop-dev/web-app';
const folder = mkdtempSync(join(tmpdir(), 'slipway-revisions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { domain: _domain, ...withoutDomain } = stack();
const current: StackInput = {
  ...withoutDomain,
  services: { web: { containers: { app: { source: folder } } } },
};
let user: Account;
/** The digests of the images, the oldest first; the last one is in service. */
const digests: string[] = [];
beforeAll(async () => {
  user = await account({ lifetime: 'file' });
  for (let release = 1; release <= COUNT + 1; release++) {
    writeFileSync(join(folder, 'main.ts'), `console.log('release ${release}');`);
    await user.provision(current);
    digests.push(user.ids()['images.web-app']?.imageUri?.split('@')[1] ?? '');
  }
});

const restorable = async () => {
  const images: string[] = [];
  for (let to = 1; to <= COUNT; to++) {
    const { json } = await user.rollback(current, { to, plan: true });
    images.push((json as { images: { app: string } }).images.app.split('@')[1] ?? '');
  }
  return images;
};

test('each of the last ten revisions can be restored with its own image, also if the image has lost its tag or got another', async () => {
  expect(new Set(digests).size).toBe(COUNT + 1);
  expect(await restorable()).toEqual(digests.slice(0, COUNT));
  const { lifecyclePolicyText = '' } = await user.aws.ecr.send(
    new GetLifecyclePolicyCommand({ repositoryName }),
  );
  // An image counts whether it has a tag or not, and each build pushes one image.
  const { selection } = (JSON.parse(lifecyclePolicyText) as { rules: [{ selection: object }] }).rules[0];
  expect(selection).toEqual({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 });

  const { ecr } = user.aws;
  const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  const tagOf = (digest: string | undefined) =>
    imageDetails.find(({ imageDigest }) => imageDigest === digest)?.imageTags?.[0];
  const putUnder = async (digest: string | undefined, imageTag: string | undefined) => {
    const imageIds = [{ imageDigest: digest }];
    const { images = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds }));
    await ecr.send(
      new PutImageCommand({ repositoryName, imageManifest: images[0]?.imageManifest, imageTag }),
    );
  };
  await putUnder(digests[1], 'other');
  await ecr.send(
    new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag: tagOf(digests[1]) }] }),
  );
  // An image loses its last tag only when the tag moves to another image.
  await ecr.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: 'MUTABLE' }));
  await putUnder(digests[2], tagOf(digests[0]));
  expect((await ecr.send(new DescribeImagesCommand({ repositoryName }))).imageDetails).toHaveLength(
    COUNT + 1,
  );
  expect(await restorable()).toEqual(digests.slice(0, COUNT));
  const { json } = await user.rollback(current, { to: 1, wait: true });
  expect(json).toMatchObject({
    to: 1,
    images: { app: expect.stringContaining(digests[0] ?? '-') as unknown },
  });
});
