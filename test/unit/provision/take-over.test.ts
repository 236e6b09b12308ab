// Taking over resources that belong to someone else, at the user's request.
import { describe, expect, test } from '@jest/globals';
import { takeOver, withFormerOwners } from '../../../provision/take-over.ts';
import { change, foundAt, foundFor, type Resources } from '../engine-harness.ts';
import { surveyOf } from '../step-harness.ts';

const STACK = 'shop-dev';
const theirTags = { 'slipway:stack': 'other-dev', team: 'blue' };
const found: Resources = {
  cluster: { '': foundFor('cluster', '', { tags: theirTags }) },
  rules: {
    'web-api1': foundFor('rules', 'web-api1', { tags: {} }),
    'web-api2': foundFor('rules', 'web-api2', { tags: {} }),
  },
  vpc: foundAt('vpc', ''),
};
const refusedChanges = [change('cluster', '', 'refused'), change('rules', 'web-api1', 'refused')];

describe('taking over', () => {
  test('an adopted resource keeps its tags and also gets ours, and no other resource changes', () => {
    const survey = surveyOf(found);
    const result = takeOver(survey, refusedChanges, ['cluster', 'rules.web-api1'], STACK);
    expect(result.cluster.get('')).toMatchObject({
      clusterArn: 'clusterArn-of-cluster',
      tags: { 'slipway:stack': STACK, 'slipway:step': 'cluster', team: 'blue' },
    });
    expect(result.rules.get('web-api1')?.tags).toMatchObject({
      'slipway:stack': STACK,
      'slipway:key': 'web-api1',
    });
    expect(result.rules.get('web-api2')?.tags).toEqual({});
    expect(survey.cluster.get('')?.tags).toEqual(theirTags);
  });

  test('a resource that is already ours stays as it is, since an earlier run may have adopted it', () => {
    const survey = surveyOf(found);
    expect(takeOver(survey, refusedChanges, ['vpc'], STACK)).toBe(survey);
  });

  test.each([
    ['without a resource', 'natGateway'],
    ['whose resource is foreign but not in the way', 'rules.web-api2'],
  ])('adopting an address %s fails, and the addresses that can be adopted are listed', (_what, address) => {
    expect(() => takeOver(surveyOf(found), refusedChanges, [address], STACK)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENTS',
        what: `There is nothing to adopt at ${address}.`,
        why: 'The resources that belong to someone else are cluster, rules.web-api1.',
      }),
    );
  });

  test('adopting fails if no resource belongs to someone else', () => {
    expect(() => takeOver(surveyOf(), [], ['vpc'], STACK)).toThrow(
      expect.objectContaining({ why: "No resource with this stack's names belongs to someone else." }),
    );
  });
});

describe('the reasons of the changes', () => {
  test('the reason names the former owner and the creation date of an adopted resource', () => {
    const survey = surveyOf({
      loadBalancer: { '': foundFor('loadBalancer', '', { tags: {}, createdAt: new Date('2026-01-02') }) },
    });
    const [changed] = withFormerOwners(
      [change('loadBalancer', '', 'update')],
      survey,
      ['loadBalancer'],
      STACK,
    );
    expect(changed?.reason).toBe(
      'taken over: it has our name but not our tags: someone else created it on 2026-01-02',
    );
  });

  test('the reason is unchanged for a resource that is not adopted or is already ours', () => {
    const changes = [change('cluster', '', 'update'), change('vpc', '', 'update')];
    expect(withFormerOwners(changes, surveyOf(found), ['vpc'], STACK)).toEqual(changes);
  });
});
