/** Every noun compares its tags, has a manual change, and is in the Terraform files; teardown lists all resources in a VPC. */
import { expect, test } from '@jest/globals';
import { nouns, type Noun } from '../../lib/model/architecture.ts';
import type { Change } from '../../lib/model/change.ts';
import { blocksNoVpc } from '../../sandbox/aws/ec2/kinds.ts';
import { resourceTables } from '../../sandbox/aws/ec2/store.ts';
import { World } from '../../sandbox/world/world.ts';
import { contentsOf } from '../../teardown/vpc-contents.ts';
import { manualChanges, manualImageChanges } from '../converge/manual-changes.ts';
import { manualHttpsChanges } from '../converge/manual-https-changes.ts';
import { config, lookContextOf, mocks, plannedFor, sentCalls, surveyOf } from '../unit/step-harness.ts';
import { FILES, text } from './files.ts';

/** The kinds of EC2 resources that keep a VPC from being deleted, each with the operations that list them. */
const kindsInVpcs = resourceTables(new World().region('eu-west-1').ec2)
  .map(({ kind }) => kind)
  .filter(({ blockedVpcId }) => blockedVpcId !== blocksNoVpc)
  .map(({ tagType, lag }) => [tagType, lag === 'none' ? [] : lag.listedBy] as const);

test.each(kindsInVpcs)('teardown lists each %s in a VPC: add it to vpcListings', async (_, listedBy) => {
  mocks.ec2.resolves({});
  await contentsOf(lookContextOf().aws, 'vpc-1');
  const callsForVpc = sentCalls().filter(({ input }) => JSON.stringify(input).includes('vpc-1'));
  const listings = callsForVpc.filter(({ command }) => listedBy.includes(command));
  expect(listings).toHaveLength(1);
});

/**
 * The service-linked role belongs to the account, so no test changes it. The stack of these changes has no bucket and no flow
 * log; test/converge/access-logs.test.ts and test/converge/edge.test.ts change one.
 */
const NEVER_CHANGED = ['serviceLinkedRole', 'logBucket', 'flowLog'];

test('every noun has a manual change that its step repairs: add one to test/converge/manual-changes.ts', () => {
  const nounsWithChange = new Set(
    [...manualChanges, ...manualImageChanges, ...manualHttpsChanges].map(({ noun }) => noun),
  );
  expect(nouns.filter((noun) => !nounsWithChange.has(noun))).toEqual(NEVER_CHANGED);
});

/**
 * Images and records have no name in Terraform, and ECS creates the service-linked role on its own. The Terraform configuration of
 * the example has neither a flow log nor access logs.
 */
const NOT_IN_TERRAFORM = [
  'flowLog',
  'images',
  'logBucket',
  'record',
  'serviceLinkedRole',
  'validationRecords',
];

test('every noun is in the Terraform configuration, under its name', () => {
  const configuration = FILES.filter((file) => file.endsWith('.tf'))
    .map(text)
    .join('\n');
  const declared = new Set([...configuration.matchAll(/"\$\{var\.stack\}-(\w+)/g)].map(([, noun]) => noun));
  expect(nouns.filter((noun) => !declared.has(noun)).sort()).toEqual(NOT_IN_TERRAFORM);
});

/** Images and records cannot have tags on AWS, and the service-linked role belongs to the account. */
const WITHOUT_TAGS = ['serviceLinkedRole', 'images', 'validationRecords', 'record'];

test('every noun compares its tags: add desiredTags and tagFields to its diff', () => {
  const domain = {
    name: 'api.example.com',
    zone: 'example.com',
    createZone: true,
    names: [],
    https: true,
    certificate: undefined,
  };
  const planned = plannedFor(config({ domain, flowLogs: true, accessLogs: { days: 90 } }), surveyOf());
  const isTagged = (noun: Noun) => {
    const changes = planned.changesOf(noun);
    const hasTags = ({ fields }: Change) => fields.some(({ field }) => field === 'tag.slipway:stack');
    return changes.length > 0 && changes.every(hasTags);
  };
  expect(nouns.filter((noun) => !isTagged(noun))).toEqual(WITHOUT_TAGS);
});
