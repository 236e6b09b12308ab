// Taking over resources that belong to someone else, because the user asks for it.
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
const refused = [change('cluster', '', 'refused'), change('rules', 'web-api1', 'refused')];

describe('taking over', () => {
  test('gives the resource our tags and keeps its own; no other resource changes', () => {
    const survey = surveyOf(found);
    const taken = takeOver(survey, refused, ['cluster', 'rules.web-api1'], STACK);
    expect(taken.cluster.get('')).toMatchObject({
      clusterArn: 'clusterArn-of-cluster',
      tags: { 'slipway:stack': STACK, 'slipway:step': 'cluster', team: 'blue' },
    });
    expect(taken.rules.get('web-api1')?.tags).toMatchObject({
      'slipway:stack': STACK,
      'slipway:key': 'web-api1',
    });
    expect(taken.rules.get('web-api2')?.tags).toEqual({});
    expect(survey.cluster.get('')?.tags).toEqual(theirTags);
  });

  test('leaves an address that is ours already as it is: an earlier run may have adopted it', () => {
    const survey = surveyOf(found);
    expect(takeOver(survey, refused, ['vpc'], STACK)).toBe(survey);
  });

  test.each([
    ['that has no resource', 'natGateway'],
    ['whose resource belongs to someone else, but is not in our way', 'rules.web-api2'],
  ])('fails for an address %s, and lists the ones that can be adopted', (_what, address) => {
    expect(() => takeOver(surveyOf(found), refused, [address], STACK)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENTS',
        what: `There is nothing to adopt at ${address}.`,
        why: 'The resources that belong to someone else are cluster, rules.web-api1.',
      }),
    );
  });

  test('fails when nothing belongs to someone else', () => {
    expect(() => takeOver(surveyOf(), [], ['vpc'], STACK)).toThrow(
      expect.objectContaining({ why: "No resource with this stack's names belongs to someone else." }),
    );
  });
});

describe('the reasons of the changes', () => {
  test('name the former owner of an adopted resource, and when it was created', () => {
    const created = surveyOf({
      loadBalancer: { '': foundFor('loadBalancer', '', { tags: {}, createdAt: new Date('2026-01-02') }) },
    });
    const [changed] = withFormerOwners(
      [change('loadBalancer', '', 'update')],
      created,
      ['loadBalancer'],
      STACK,
    );
    expect(changed?.reason).toBe(
      'taken over: it has our name but not our tags: someone else created it on 2026-01-02',
    );
  });

  test('stay as they are for resources that are not adopted or are ours', () => {
    const changes = [change('cluster', '', 'update'), change('vpc', '', 'update')];
    expect(withFormerOwners(changes, surveyOf(found), ['vpc'], STACK)).toEqual(changes);
  });
});
