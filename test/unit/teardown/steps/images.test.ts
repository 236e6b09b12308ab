// The removal of images: they are not removed individually, but deleted with their repository.
import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { needs } from '../../../../lib/model/architecture.ts';
import { images } from '../../../../teardown/steps/images.ts';
import { awsError, mocks, sentCalls, removeContextOf } from '../../step-harness.ts';

const item = { imageUri: 'host/shop-dev/web-api1@sha256:1', tags: {} };
const kept = { kept: 'it is deleted with its repository' };
const remove = () => images.remove(removeContextOf({ noun: 'images', key: 'web-api1' }, item));

test('removes what is ours: an image is deleted with its repository, which is removed later', async () => {
  expect(await remove()).toEqual(kept);
  expect(sentCalls()).toEqual([]);
  expect(needs.images).toContain('repositories');
});

test('counts a missing resource as removed', async () => {
  mocks.ecr.on(DescribeImagesCommand).rejects(awsError('ImageNotFoundException'));
  expect(await remove()).toEqual(kept);
});

test('makes no call, so AWS cannot refuse one', async () => {
  mocks.ecr.rejects(awsError('AccessDeniedException'));
  expect(await remove()).toEqual(kept);
});
