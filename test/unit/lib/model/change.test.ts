// Comparison of desired and found resources, and the changes that result.
import { describe, expect, test } from '@jest/globals';
import {
  changeAddress,
  compare,
  knownAfter,
  touches,
  type Change,
  type Fields,
  type DesiredFields,
} from '../../../../lib/model/change.ts';

interface Resource {
  readonly fields: Fields;
  readonly owner?: string;
  readonly frozenBecause?: string;
  readonly successor?: string;
}

const changesFor = (desired: Record<string, DesiredFields>, found: Record<string, Resource>) =>
  compare<Resource, string>({
    noun: 'subnets',
    desired: new Map(Object.entries(desired)),
    found: new Map(Object.entries(found)),
    fieldsOf: ({ fields }) => fields,
    immutable: { cidr: 'a block cannot change' },
    whyForeign: ({ owner }) => owner && `it belongs to ${owner}`,
    whyUnchangeable: ({ frozenBecause }) => frozenBecause,
    replacedBy: ({ successor }) =>
      successor === undefined ? undefined : { key: successor, reason: 'its name says so' },
  });

describe('the changes that a comparison returns', () => {
  test('create a missing resource, with every field', () => {
    expect(changesFor({ a: { cidr: '10.0.0.0/20', size: 1 } }, {})).toEqual([
      {
        noun: 'subnets',
        key: 'a',
        verb: 'create',
        fields: [
          { field: 'cidr', from: undefined, to: '10.0.0.0/20' },
          { field: 'size', from: undefined, to: 1 },
        ],
        reason: 'it does not exist',
      },
    ]);
  });

  test('are empty for a resource that is as desired, whatever else AWS has filled in', () => {
    expect(changesFor({ a: { size: 1 } }, { a: { fields: { size: 1, arn: 'x' } } })).toEqual([]);
  });

  test('update a resource that differs, and name the fields', () => {
    const [one] = changesFor({ a: { size: 1, on: true } }, { a: { fields: { size: 2, on: true } } });
    expect(one).toMatchObject({
      verb: 'update',
      fields: [{ field: 'size', from: 2, to: 1 }],
      reason: 'size differs',
    });
    const [two] = changesFor({ a: { size: 1, on: true } }, { a: { fields: { size: 2 } } });
    expect(two).toMatchObject({ verb: 'update', reason: 'size, on differ' });
  });

  test.each([
    ['load balancers', 'load balancers differ'],
    ['ingress', 'ingress differs'],
    [
      'attribute.stickiness.lb_cookie.duration_seconds',
      'attribute.stickiness.lb_cookie.duration_seconds differs',
    ],
  ])('name the one field %s in the number that it has', (field, reason) => {
    expect(changesFor({ a: { [field]: 1 } }, { a: { fields: { [field]: 2 } } })).toMatchObject([{ reason }]);
  });

  test('clear fields that exist but are not desired', () => {
    const desired = { a: { 'tag.team': undefined, 'tag.cost': undefined } };
    const [change] = changesFor(desired, { a: { fields: { 'tag.team': 'orders' } } });
    expect(change).toMatchObject({
      verb: 'update',
      fields: [{ field: 'tag.team', from: 'orders', to: undefined }],
    });
    expect(changesFor(desired, {}).at(0)).toMatchObject({ verb: 'create', fields: [] });
  });

  test('replace a resource that another one supersedes, and list the fields that differ', () => {
    const old = { fields: { port: 5000, size: 1 }, successor: 'a' };
    expect(changesFor({ a: { port: 5001, size: 1 } }, { 'a-5000': old })).toEqual([
      {
        noun: 'subnets',
        key: 'a',
        verb: 'replace',
        fields: [{ field: 'port', from: 5000, to: 5001 }],
        reason: 'its name says so',
        replaces: 'a-5000',
      },
    ]);
  });

  test.each([
    ['its successor already exists', { a: { fields: { port: 1 } } }],
    ['another resource has the same successor', { b: { fields: {}, successor: 'a' } }],
  ])('remove a superseded resource when %s', (_when, others) => {
    const found = { ...others, c: { fields: {}, successor: 'a' } };
    const changes = changesFor({ a: { port: 1 } }, found);
    expect(changes.find(({ key }) => key === 'c')).toMatchObject({ verb: 'remove' });
  });

  test('distinguish values of different types', () => {
    const [change] = changesFor({ a: { size: 1 } }, { a: { fields: { size: '1' } } });
    expect(change?.fields).toEqual([{ field: 'size', from: '1', to: 1 }]);
  });

  test('treat a value that becomes known later as different from every known value', () => {
    const [change] = changesFor({ a: { vpc: knownAfter('vpc') } }, { a: { fields: { vpc: 'vpc-1' } } });
    expect(change).toMatchObject({
      verb: 'update',
      fields: [{ field: 'vpc', from: 'vpc-1', to: knownAfter('vpc') }],
    });
  });

  test('replace a resource that cannot be changed in place, and give the reason', () => {
    const [change] = changesFor({ a: { size: 1, cidr: 'x' } }, { a: { fields: { size: 2, cidr: 'y' } } });
    expect(change).toMatchObject({ verb: 'replace', reason: 'a block cannot change' });
    expect(change?.fields.map(({ field }) => field)).toEqual(['size', 'cidr']);
  });

  test('remove a resource that is not desired', () => {
    expect(changesFor({}, { a: { fields: {} } })).toMatchObject([{ key: 'a', verb: 'remove' }]);
  });

  test('include a refusal for a foreign resource that is desired, whatever differs', () => {
    expect(changesFor({ a: { size: 1 } }, { a: { fields: { size: 2 }, owner: 'bob' } })).toEqual([
      { noun: 'subnets', key: 'a', verb: 'refused', fields: [], reason: 'it belongs to bob' },
    ]);
  });

  test('ignore a foreign resource that is not desired', () => {
    expect(changesFor({}, { a: { fields: {}, owner: 'bob' } })).toEqual([]);
  });

  test('include a refusal for a desired resource that cannot be updated, but remove such a resource when it is not desired', () => {
    const frozen = { fields: { size: 2 }, frozenBecause: 'it is in another VPC' };
    expect(changesFor({ a: { size: 2 } }, { a: frozen })).toMatchObject([
      { verb: 'refused', reason: 'it is in another VPC' },
    ]);
    expect(changesFor({}, { a: frozen })).toMatchObject([{ verb: 'remove' }]);
  });
});

describe('a change', () => {
  const change = (verb: Change['verb'], ...fields: string[]): Change => ({
    noun: 'vpc',
    key: '',
    verb,
    fields: fields.map((field) => ({ field, from: 1, to: 2 })),
    reason: '',
  });

  test('affects the parts whose fields differ', () => {
    expect(touches(change('update', 'tag.Name', 'size'), 'tag.')).toBe(true);
    expect(touches(change('update', 'size'), 'tag.')).toBe(false);
    expect(touches(change('update', 'health.path'), 'tag.', 'health.')).toBe(true);
  });

  test('that creates a resource affects all of its parts', () => {
    expect(touches(change('create'), 'tag.')).toBe(true);
    expect(touches(change('replace', 'size'), 'tag.')).toBe(true);
    expect(touches(change('remove'), 'tag.')).toBe(false);
  });

  test('is addressed by its noun and its key', () => {
    expect(changeAddress({ noun: 'vpc', key: '' })).toBe('vpc');
    expect(changeAddress({ noun: 'subnets', key: 'public-1' })).toBe('subnets.public-1');
  });
});
