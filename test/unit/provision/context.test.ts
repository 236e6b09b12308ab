// The context that a step receives for one change.
import {
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { toPascalCaseTags } from '../../../lib/derive/tags.ts';
import { pending, ready } from '../../../lib/engine/until.ts';
import { nouns } from '../../../lib/model/architecture.ts';
import { applyContext, NO_INTENT, type AllIds, type ApplyScope } from '../../../provision/context.ts';
import { steps } from '../../../provision/plan.ts';
import { change, engineContext, events, fakeStep, foundAt, idsFor, run } from '../engine-harness.ts';
import { config, mocks, ourTags, sentCalls, surveyOf } from '../step-harness.ts';

let scope: ApplyScope;
beforeEach(() => {
  scope = {
    run,
    context: engineContext(config({ tags: { team: 'blue' } })),
    found: surveyOf({ vpc: foundAt('vpc', ''), subnets: foundAt('subnets', 'public-1') }),
    planned: { changesOf: () => [], isReplaced: (noun) => noun === 'natGateway' },
    ids: Object.fromEntries(nouns.map((noun) => [noun, new Map()])) as unknown as AllIds,
    onServing: () => undefined,
  };
});

/** The context of a change of the VPC. */
const contextOf = (more: object = {}) =>
  applyContext(scope, {
    noun: 'vpc',
    step: steps.vpc,
    change: change('vpc', '', 'update'),
    intent: NO_INTENT,
    ...more,
  });
const subnetContext = (
  key: string,
  siblings?: ReadonlyMap<string, Promise<ReturnType<typeof idsFor<'subnets'>>>>,
) =>
  applyContext(scope, {
    noun: 'subnets',
    step: steps.subnets,
    change: change('subnets', key, 'create'),
    intent: NO_INTENT,
    ...(siblings && { siblings }),
  });

test('a context has the existing resource and the tags of its key', () => {
  expect(contextOf().existing).toEqual(foundAt('vpc', '')['']);
  expect(subnetContext('public-1').existing).toEqual(foundAt('subnets', 'public-1')['public-1']);
  expect(subnetContext('public-2').existing).toBeUndefined();
  expect(subnetContext('public-2').tags).toEqual(
    ourTags('subnets', 'public-2', config({ tags: { team: 'blue' } })),
  );
});

test('a step waits for resources to be ready only in a run that waits', () => {
  expect(contextOf().waitUntilReady).toBe(true);
  scope = { ...scope, run: { ...run, waitUntilReady: false } };
  expect(contextOf().waitUntilReady).toBe(false);
});

describe('the duplicate guard', () => {
  test("by default a create does not resume an earlier create, and the guard polls at the interval of the run's waits", () => {
    expect(contextOf().duplicateGuard).toMatchObject({
      isResumed: false,
      lookInterval: run.waits.visible.every,
      intent: NO_INTENT,
    });
    expect(contextOf({ isResumed: true }).duplicateGuard.isResumed).toBe(true);
  });

  test('the guard withdraws the intent of its own resource only', async () => {
    await run.state.intend('vpc');
    await run.state.intend('elasticIp');
    await contextOf().duplicateGuard.withdraw();
    expect(Object.keys(run.state.data.intents)).toEqual(['elasticIp']);
  });

  test('a renewed intent has another token and is recorded for this resource', async () => {
    const first = await run.state.intend('vpc');
    const second = await contextOf({ intent: first }).renewIntent();
    expect(second.token).not.toBe(first.token);
    expect(run.state.data.intents).toEqual({ vpc: second });
  });
});

test('every new look at the resource asks AWS again', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves({
    Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', Tags: toPascalCaseTags(ourTags('vpc')) }],
  });
  mocks.ec2.on(DescribeVpcAttributeCommand).resolves({});
  const context = contextOf();
  expect(await context.lookAgain()).toMatchObject({ vpcId: 'vpc-1' });
  // Within a survey, all looks share one query for the subnets. Each new look sends its own query.
  mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [] });
  const subnet = subnetContext('public-1');
  expect(await subnet.lookAgain()).toBeUndefined();
  expect(await subnet.lookAgain()).toBeUndefined();
  expect(sentCalls().map(({ command }) => command)).toEqual([
    'DescribeVpcs',
    'DescribeVpcAttribute',
    'DescribeVpcAttribute',
    'DescribeSecurityGroups',
    'DescribeSubnets',
    'DescribeSubnets',
  ]);
});

test('the diff computes the change of an existing resource from the rest of the survey and the plan', () => {
  const seen: unknown[] = [];
  fakeStep('vpc', {
    diff: (_desired, found, planned) => {
      seen.push(found.vpc.get(''), found.subnets.size, planned.isReplaced('natGateway' as never));
      return [change('vpc', '~2', 'remove'), change('vpc', '', 'update')];
    },
  });
  const existing = { ...foundAt('vpc', '')[''], cidr: '10.9.0.0/16' } as never;
  expect(contextOf().changeOf(existing)).toMatchObject({ key: '', verb: 'update' });
  expect(seen).toEqual([existing, 1, true]);
  fakeStep('vpc', { diff: () => [change('vpc', '~2', 'remove')] });
  expect(contextOf().changeOf(existing)).toBeUndefined();
});

test('the ids of a sibling come from its own change if it has one, otherwise from the existing resource', async () => {
  scope.ids.subnets.set('public-1', idsFor('subnets', 'public-1'));
  const siblings = new Map([['private-1', Promise.resolve(idsFor('subnets', 'private-1'))]]);
  const context = subnetContext('public-2', siblings);
  expect(await context.siblingIds('private-1')).toEqual(idsFor('subnets', 'private-1'));
  expect(await context.siblingIds('public-1')).toEqual(idsFor('subnets', 'public-1'));
});

test('waits and notes are reported for the resource of the context', async () => {
  const context = subnetContext('public-2');
  let probeCount = 0;
  await context.until('it', 'visible', async () =>
    (probeCount += 1) < 3 ? pending(`probe ${probeCount}`) : ready(undefined),
  );
  context.note('a note');
  expect(events).toMatchObject([
    { type: 'resource', noun: 'subnets', key: 'public-2', status: 'waiting', text: 'probe 1', elapsed: 0 },
    { type: 'resource', noun: 'subnets', key: 'public-2', status: 'waiting', text: 'probe 2' },
    { type: 'note', text: 'a note' },
  ]);
});
