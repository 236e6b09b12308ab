/** Every noun compares its tags, has a manual change, and is in Terraform; teardown lists what keeps a VPC from deletion. */
import { expect, test } from '@jest/globals';
import { nouns, type Noun } from '../../lib/model/architecture.ts';
import { noVpc } from '../../sandbox/aws/ec2/kinds.ts';
import { resourceTables } from '../../sandbox/aws/ec2/store.ts';
import { World } from '../../sandbox/world/world.ts';
import type { Step } from '../../lib/engine/step.ts';
import { steps } from '../../provision/plan.ts';
import { contentsOf } from '../../teardown/vpc-contents.ts';
import { manualChanges, manualImageChanges } from '../converge/manual-changes.ts';
import { config, diffOf, lookContextOf, mocks, sent, surveyOf } from '../unit/step-harness.ts';
import { FILES, text } from './files.ts';

/** The kinds of EC2 resources that keep a VPC from being deleted, each with the operations that list it. */
const inVpcs = resourceTables(new World().region('eu-west-1').ec2)
  .map(({ kind }) => kind)
  .filter(({ blocksDeletionOf }) => blocksDeletionOf !== noVpc)
  .map(({ tagType, lag }) => [tagType, lag === 'none' ? [] : lag.listedBy] as const);

test.each(inVpcs)('teardown lists each %s in a VPC: add it to vpcListings', async (_, listedBy) => {
  mocks.ec2.resolves({});
  await contentsOf(lookContextOf().aws, 'vpc-1');
  const inVpc = sent().filter(({ input }) => JSON.stringify(input).includes('vpc-1'));
  expect(inVpc.map(({ command }) => command).filter((command) => listedBy.includes(command))).toHaveLength(1);
});

/** It belongs to the account, and is never changed. */
const NEVER_CHANGED = ['serviceLinkedRole'];

test('every noun has a manual change, which its step repairs: add one to test/converge/manual-changes.ts', () => {
  const changed = new Set([...manualChanges, ...manualImageChanges].map(({ noun }) => noun));
  expect(nouns.filter((noun) => !changed.has(noun))).toEqual(NEVER_CHANGED);
});

/** The first two have no name in Terraform; ECS creates the last one on its own. */
const NOT_IN_TERRAFORM = ['images', 'record', 'serviceLinkedRole'];

test('every noun is in the Terraform configuration, under its name', () => {
  const configuration = FILES.filter((file) => file.endsWith('.tf'))
    .map(text)
    .join('\n');
  const named = new Set([...configuration.matchAll(/"\$\{var\.stack\}-(\w+)/g)].map(([, noun]) => noun));
  expect(nouns.filter((noun) => !named.has(noun)).sort()).toEqual(NOT_IN_TERRAFORM);
});

/** AWS takes no tags for images and records, and the service-linked role belongs to the account. */
const WITHOUT_TAGS = ['serviceLinkedRole', 'images', 'record'];

test('every noun compares its tags: add desiredTags and tagFields to its diff', () => {
  const domain = { name: 'api.example.com', zone: 'example.com', createZone: true };
  const fieldsOf = <N extends Noun>(noun: N) => {
    const step: Step<N> = steps[noun];
    return diffOf(step, surveyOf(), config({ domain })).map(({ fields }) => fields);
  };
  const isTagged = (noun: Noun) => {
    const changes = fieldsOf(noun);
    return (
      changes.length > 0 && changes.every((all) => all.some(({ field }) => field === 'tag.slipway:stack'))
    );
  };
  expect(nouns.filter((noun) => !isTagged(noun))).toEqual(WITHOUT_TAGS);
});
