// The look for the elastic IP: how it reads AWS's responses.
import { DescribeAddressesCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { lookElasticIp } from '../../../../lib/look/elastic-ip.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

const address = (AllocationId: string, AssociationId?: string) => ({
  AllocationId,
  AssociationId,
  PublicIp: '203.0.113.1',
  Tags: toPascalCaseTags(ourTags('elasticIp')),
});

test('without resources of this stack, the look returns an empty result', async () => {
  mocks.ec2.on(DescribeAddressesCommand).resolves({});
  expect(await lookElasticIp(lookContextOf())).toEqual(new Map());
  expect(sentCalls()).toEqual([
    {
      command: 'DescribeAddresses',
      input: { Filters: [{ Name: 'tag:slipway:stack', Values: ['shop-dev'] }] },
    },
  ]);
});

test('our address is returned with its IP', async () => {
  mocks.ec2.on(DescribeAddressesCommand).resolves({ Addresses: [address('eipalloc-1')] });
  expect(await lookElasticIp(lookContextOf())).toEqual(new Map([['', network().elasticIp['']]]));
});

test('of two addresses with the same key, the one in use keeps the key', async () => {
  mocks.ec2
    .on(DescribeAddressesCommand)
    .resolves({ Addresses: [address('eipalloc-lost'), address('eipalloc-1', 'eipassoc-1')] });
  const keys = [...(await lookElasticIp(lookContextOf()))].map(([key, { allocationId }]) => [
    key,
    allocationId,
  ]);
  expect(keys).toEqual([
    ['', 'eipalloc-1'],
    ['~2', 'eipalloc-lost'],
  ]);
});
