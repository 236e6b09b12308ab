// Images are not removed one by one: their repository takes them along.
import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { needs } from '../../../../lib/model/architecture.ts';
import { images } from '../../../../teardown/steps/images.ts';
import { awsError, mocks, sent, undoOf } from '../../act.ts';

const item = { imageUri: 'host/shop-dev/web-api1@sha256:1', tag: 'bundle-1', digest: 'sha256:1', tags: {} };
const kept = { kept: 'it is deleted with its repository' };
const remove = () => images.remove(undoOf({ name: 'images', key: 'web-api1' }, item));

test('removes: it is left to its repository, which must be there before it and so goes after it', async () => {
  expect(await remove()).toEqual(kept);
  expect(sent()).toEqual([]);
  expect(needs.images).toContain('repositories');
});

test('that it is gone already counts as done', async () => {
  mocks.ecr.on(DescribeImagesCommand).rejects(awsError('ImageNotFoundException'));
  expect(await remove()).toEqual(kept);
});

test('explains refusal: there is none, since nothing is asked for', async () => {
  mocks.ecr.rejects(awsError('AccessDeniedException'));
  expect(await remove()).toEqual(kept);
});
