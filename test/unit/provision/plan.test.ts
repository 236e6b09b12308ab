// The plan: what each diff sees, and which plans are refused.
import { describe, expect, test } from '@jest/globals';
import type { Survey } from '../../../lib/look/found.ts';
import { nouns, type Noun } from '../../../lib/model/architecture.ts';
import { diffAll, makePlan } from '../../../provision/plan.ts';
import { change, diffs, fakeStep, foundAt, foundFor, type Resources } from '../engine-harness.ts';
import { config, desiredOf, surveyOf } from '../step-harness.ts';

const planFor = (found: Resources = {}, adopt: string[] = [], stack = config()) =>
  makePlan(desiredOf(stack), surveyOf(found), adopt);
const foreignRefusal = (noun: Noun, key: string, reason: string) => change(noun, key, 'refused', { reason });
const updateRefusal = (noun: Noun, key: string, reason: string) =>
  change(noun, key, 'refused', { reason, cannotUpdate: true });

describe('the changes', () => {
  test('a plan contains the changes of all diffs, in the order of the architecture', () => {
    for (const noun of [...nouns].reverse()) diffs[noun] = [change(noun, '', 'create')];
    expect(planFor().changes.map(({ noun }) => noun)).toEqual(nouns);
  });

  test('a diff sees the planned changes of the nouns before it', () => {
    const seen: Record<string, unknown> = {};
    diffs.natGateway = [change('natGateway', '', 'replace'), change('natGateway', '~2', 'remove')];
    diffs.services = [change('services', 'web', 'replace', { replaces: 'web~former' })];
    fakeStep('privateRoutes', {
      diff: (_desired, _found, planned) => {
        seen['changes'] = planned.changesOf('natGateway').map(({ key, verb }) => `${verb} ${key}`);
        seen['replaced'] = planned.isReplaced('natGateway');
        seen['unchanged'] = planned.isReplaced('vpc');
        return [];
      },
    });
    fakeStep('record', {
      diff: (_desired, _found, planned) => {
        seen['replaced under another key'] = planned.isReplaced('services');
        return [];
      },
    });
    const { planned } = planFor();
    expect(seen).toEqual({
      changes: ['replace ', 'remove ~2'],
      replaced: true,
      unchanged: false,
      'replaced under another key': false,
    });
    expect(planned.changesOf('natGateway')).toHaveLength(2);
    expect(planned.changesOf('logGroup')).toEqual([]);
  });

  test('an update does not count as a replacement', () => {
    diffs.natGateway = [change('natGateway', '', 'update')];
    expect(planFor().planned.isReplaced('natGateway')).toBe(false);
  });

  test('when the load balancer is replaced, its listener and rules count as missing, but target groups do not', () => {
    const found: Resources = {
      loadBalancer: foundAt('loadBalancer', ''),
      listener: foundAt('listener', ''),
      rules: foundAt('rules', 'web-api1', 'web-api2'),
      targetGroups: foundAt('targetGroups', 'web-api1'),
    };
    const sizes = (survey: Survey) =>
      [survey.loadBalancer, survey.listener, survey.rules, survey.targetGroups].map(({ size }) => size);
    const seen: Partial<Record<Noun, number[]>> = {};
    for (const noun of ['loadBalancer', 'listener', 'rules'] as const) {
      fakeStep(noun, {
        diff: (_desired, survey) => {
          seen[noun] = sizes(survey);
          return diffs[noun] ?? [];
        },
      });
    }
    diffs.loadBalancer = [change('loadBalancer', '', 'replace')];
    const plan = planFor(found);
    expect(seen).toEqual({ loadBalancer: [1, 1, 2, 1], listener: [1, 0, 0, 1], rules: [1, 0, 0, 1] });
    expect(sizes(plan.found)).toEqual([1, 0, 0, 1]);
    expect(plan.kept).toEqual(['targetGroups.web-api1']);

    diffs.loadBalancer = [change('loadBalancer', '', 'update')];
    expect(sizes(planFor(found).found)).toEqual([1, 1, 2, 1]);
  });

  test('diffAll refuses nothing and returns foreign resources as changes', () => {
    diffs.vpc = [foreignRefusal('vpc', '', 'of others')];
    expect(diffAll(desiredOf(), surveyOf()).changes).toEqual(diffs.vpc);
  });
});

test('the kept resources are sorted by key and exclude every resource that a change updates or replaces', () => {
  diffs.services = [change('services', 'web', 'replace', { replaces: 'web~former' })];
  diffs.subnets = [change('subnets', 'public-1', 'update')];
  const found = {
    vpc: foundAt('vpc', ''),
    subnets: foundAt('subnets', 'public-2', 'public-1', 'private-1'),
    services: foundAt('services', 'web~former', 'api'),
  };
  expect(planFor(found).kept).toEqual(['vpc', 'subnets.private-1', 'subnets.public-2', 'services.api']);
});

describe('refusals', () => {
  test('foreign resources are listed with the command that adopts them', () => {
    diffs.cluster = [foreignRefusal('cluster', '', 'it belongs to the stack other')];
    diffs.rules = [foreignRefusal('rules', 'web-api1', 'someone else created it')];
    expect(() => planFor()).toThrow(
      expect.objectContaining({
        code: 'FOREIGN',
        why: expect.stringMatching(
          /rules\.web-api1: someone else created it\ncluster: it belongs to the stack other/,
        ),
        now: 'Nothing was changed.',
        fix: expect.arrayContaining([expect.stringContaining('--adopt rules.web-api1 --adopt cluster, ')]),
      }),
    );
  });

  test('the resource of another stack is never suggested for adoption', () => {
    const tags = { 'slipway:stack': 'other-dev' };
    diffs.cluster = [foreignRefusal('cluster', '', 'it belongs to the stack other-dev')];
    diffs.rules = [foreignRefusal('rules', 'web-api1', 'someone else created it')];
    const found = { cluster: { '': foundFor('cluster', '', { tags }) } };
    expect(() => planFor(found)).toThrow(
      expect.objectContaining({
        code: 'FOREIGN',
        fix: [expect.stringContaining('another --stage'), expect.stringMatching(/^or remove the stack that/)],
      }),
    );
  });

  test.each<[Noun, boolean]>([
    ['record', true],
    ['hostedZone', true],
    ['cluster', false],
  ])(
    'if a foreign %s is in the way, a separate domain for each stage is suggested: %s',
    (noun, isSuggested) => {
      diffs[noun] = [foreignRefusal(noun, '', 'of others')];
      let fix: readonly string[] = [];
      try {
        planFor();
      } catch (error) {
        fix = (error as { fix: string[] }).fix;
      }
      expect(fix.some((line) => line.startsWith('Each stage needs its own domain'))).toBe(isSuggested);
    },
  );

  test('resources of the stack that can be neither updated nor replaced are listed', () => {
    diffs.vpc = [updateRefusal('vpc', '', 'its block cannot change')];
    diffs.loadBalancer = [updateRefusal('loadBalancer', '', 'it is internal')];
    expect(() => planFor()).toThrow(
      expect.objectContaining({
        code: 'REFUSED',
        why: 'vpc: its block cannot change\nloadBalancer: it is internal',
      }),
    );
  });

  test('while foreign resources are in the way, the problem lists only those', () => {
    diffs.vpc = [updateRefusal('vpc', '', 'its block cannot change')];
    diffs.cluster = [foreignRefusal('cluster', '', 'of others')];
    expect(() => planFor()).toThrow(expect.objectContaining({ code: 'FOREIGN', why: 'cluster: of others' }));
  });
});

describe('--adopt', () => {
  const foreignCluster = () => foundFor('cluster', '', { tags: { 'slipway:stack': 'other' } });
  /** Fakes a diff that refuses a foreign cluster and updates ours. */
  const fakeDiffByOwner = (): void =>
    fakeStep('cluster', {
      diff: (_desired, found) =>
        found.cluster.get('')?.tags['slipway:stack'] === 'shop-dev'
          ? [change('cluster', '', 'update')]
          : [foreignRefusal('cluster', '', 'it belongs to the stack other')],
    });

  test('an adopted resource is planned as ours, and its former owner is named', () => {
    fakeDiffByOwner();
    const plan = planFor({ cluster: { '': foreignCluster() } }, ['cluster']);
    expect(plan.changes).toMatchObject([
      { noun: 'cluster', verb: 'update', reason: 'taken over: it belongs to the stack other' },
    ]);
    expect(plan.found.cluster.get('')?.tags).toMatchObject({ 'slipway:stack': 'shop-dev' });
  });

  test('a foreign resource that --adopt does not name is not adopted', () => {
    fakeDiffByOwner();
    diffs.rules = [foreignRefusal('rules', 'web-api1', 'of others')];
    expect(() => planFor({ cluster: { '': foreignCluster() } }, ['cluster'])).toThrow(
      expect.objectContaining({ code: 'FOREIGN', why: 'rules.web-api1: of others' }),
    );
  });

  test('--adopt is refused for an address with nothing to adopt', () => {
    expect(() => planFor({}, ['cluster'])).toThrow(
      expect.objectContaining({ code: 'ARGUMENTS', what: 'There is nothing to adopt at cluster.' }),
    );
  });
});
