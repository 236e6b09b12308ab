// A plan limited to one service: it includes what the service needs, and refuses to replace what others need.
import { describe, expect, test } from '@jest/globals';
import type { Noun } from '../../../lib/model/architecture.ts';
import type { Change, Verb } from '../../../lib/model/change.ts';
import { selectedCommand, limitChanges, onlyServiceOf } from '../../../provision/one-service.ts';
import { config, surveyOf } from '../step-harness.ts';

const [web] = config().services;
const twoServices = config({
  services: web ? [web, { ...web, name: 'web-api', containers: [] }] : [],
});
const change = (noun: Noun, key: string, verb: Verb): Change => ({
  noun,
  key,
  verb,
  fields: [],
  reason: 'by the test',
});

const limit = (...changes: Change[]) => {
  const { included, leftOut } = limitChanges(changes, 'web', twoServices, surveyOf());
  const texts = (some: readonly Change[]) => some.map(({ noun, key }) => `${noun}.${key}`);
  return { included: texts(included), leftOut: texts(leftOut) };
};

describe('a plan of one service', () => {
  test('includes the service, its containers and shared resources', () => {
    expect(
      limit(
        change('vpc', '', 'create'),
        change('securityGroups', 'balancer', 'update'),
        change('securityGroups', 'web', 'update'),
        change('targetGroups', 'web-api1', 'create'),
        change('targetGroups', 'web-old', 'remove'),
        change('services', 'web~former', 'remove'),
      ),
    ).toMatchObject({ leftOut: [] });
  });

  test('leaves out other services, and the removal of shared resources', () => {
    const others = [
      change('services', 'web-api', 'update'),
      change('taskDefinitions', 'web-api', 'create'),
      change('rules', 'web-api-old', 'remove'),
      change('securityGroups', 'web-api', 'update'),
      change('record', '', 'remove'),
    ];
    expect(limit(...others)).toMatchObject({ included: [] });
  });

  test('never replaces what other services need', () => {
    expect(() => limit(change('listener', '', 'replace'))).toThrow(
      expect.objectContaining({
        code: 'REFUSED',
        what: 'web cannot be deployed alone.',
        why: 'listener would be replaced, and other services need it: by the test.',
        now: 'Nothing was changed.',
      }),
    );
    expect(limit(change('targetGroups', 'web-api1', 'replace'))).toMatchObject({ leftOut: [] });
  });
});

test('the options determine the command and its service', () => {
  expect(selectedCommand({ drift: false, deploy: true })).toBe('deploy');
  expect(selectedCommand({ drift: true, deploy: false })).toBe('drift');
  expect(selectedCommand({ drift: false, deploy: false })).toBe('provision');
  expect(onlyServiceOf({ deploy: true, service: 'web' })).toBe('web');
  expect(onlyServiceOf({ deploy: false, service: 'web' })).toBeUndefined();
});
