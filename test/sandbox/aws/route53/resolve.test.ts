// The answers of the sandbox's hosted zones to DNS queries.
import { expect, test } from '@jest/globals';
import { resolve } from '../../../../sandbox/aws/route53/resolve.ts';
import { alias, aliasScene, batchOf, record, zoneScene } from './scene.ts';

test('a name resolves to its addresses, in any case and with or without a trailing dot', async () => {
  const { change, region } = await zoneScene();
  await change(batchOf('CREATE', record('www.example.com', 'A', ['192.0.2.1', '192.0.2.2'])));
  for (const name of ['www.example.com', 'WWW.Example.com.']) {
    expect(resolve(region, name)).toEqual({ kind: 'values', values: ['192.0.2.1', '192.0.2.2'] });
  }
  expect(resolve(region, 'none.example.com')).toBeUndefined();
  expect(resolve(region, 'example.com')).toBeUndefined();
  expect(resolve(region, 'www.example.org')).toBeUndefined();
});

test('an alias resolves to its load balancer directly, through another alias, or through a CNAME', async () => {
  const { CanonicalHostedZoneId, change, DNSName, region, world, zoneId } = await aliasScene();
  await change(
    batchOf(
      'CREATE',
      alias('example.com', CanonicalHostedZoneId, `dualstack.${DNSName}`),
      alias('www.example.com', zoneId, 'example.com'),
      record('old.example.com', 'CNAME', ['WWW.example.com.']),
    ),
  );
  const answer = { kind: 'alias', dnsName: DNSName.toLowerCase() };
  for (const name of ['example.com', 'www.example.com', 'old.example.com']) {
    expect(resolve(region, name)).toEqual(answer);
    expect(resolve(world.region('us-east-1'), name)).toEqual(answer);
  }
});

test('the zone with the longest name answers; among zones of the same name, the oldest zone answers', async () => {
  const { addZone, change, region } = await zoneScene();
  const [inner, second] = [await addZone('in.example.com'), await addZone('example.com', 'second')];
  const createRecord = (value: string) => batchOf('CREATE', record('a.in.example.com', 'A', [value]));
  await change(createRecord('192.0.2.1'));
  await change(createRecord('192.0.2.2'), inner);
  expect(resolve(region, 'a.in.example.com')).toEqual({ kind: 'values', values: ['192.0.2.2'] });
  await change(batchOf('CREATE', record('b.example.com', 'A', ['192.0.2.3'])), second);
  expect(resolve(region, 'b.example.com')).toBeUndefined();
});

test('a wildcard matches names at any depth, but only names that do not exist', async () => {
  const { change, region } = await zoneScene();
  await change(
    batchOf(
      'CREATE',
      record('*.example.com', 'A', ['192.0.2.1']),
      record('txt.example.com', 'TXT', ['"here"']),
      record('deep.inner.example.com', 'A', ['192.0.2.2']),
    ),
  );
  const wildcardAnswer = { kind: 'values', values: ['192.0.2.1'] };
  expect(resolve(region, 'any.example.com')).toEqual(wildcardAnswer);
  expect(resolve(region, 'a.b.example.com')).toEqual(wildcardAnswer);
  // The wildcard does not match: `txt` has another type, `inner` exists as a parent, and `other.inner` is below `inner`.
  expect(resolve(region, 'txt.example.com')).toBeUndefined();
  expect(resolve(region, 'inner.example.com')).toBeUndefined();
  expect(resolve(region, 'other.inner.example.com')).toBeUndefined();
});

test('weighted record sets are selected in proportion to their weights', async () => {
  const { change, region } = await zoneScene();
  const weighted = (SetIdentifier: string, Weight: number, value: string) =>
    record('w.example.com', 'A', [value], { SetIdentifier, Weight });
  await change(batchOf('CREATE', weighted('a', 3, '192.0.2.1'), weighted('b', 1, '192.0.2.2')));
  const resolveWith = (drawn: number) => resolve(region, 'w.example.com', () => drawn);
  expect(resolveWith(0.74)).toEqual({ kind: 'values', values: ['192.0.2.1'] });
  expect(resolveWith(0.75)).toEqual({ kind: 'values', values: ['192.0.2.2'] });
  await change(batchOf('UPSERT', weighted('a', 0, '192.0.2.1'), weighted('b', 0, '192.0.2.2')));
  expect(resolveWith(0.49)).toEqual({ kind: 'values', values: ['192.0.2.1'] });
  expect(resolveWith(0.5)).toEqual({ kind: 'values', values: ['192.0.2.2'] });
});

test('a multivalue answer contains the addresses of all its record sets', async () => {
  const { change, region } = await zoneScene();
  const multivalue = (SetIdentifier: string, value: string) =>
    record('m.example.com', 'A', [value], { SetIdentifier, MultiValueAnswer: true });
  await change(batchOf('CREATE', multivalue('a', '192.0.2.1'), multivalue('b', '192.0.2.2')));
  expect(resolve(region, 'm.example.com')).toEqual({ kind: 'values', values: ['192.0.2.1', '192.0.2.2'] });
});

test('a CNAME to an outside name resolves to that name, and circular CNAMEs do not resolve', async () => {
  const { change, region } = await zoneScene();
  await change(
    batchOf(
      'CREATE',
      record('out.example.com', 'CNAME', ['Elsewhere.example.org']),
      record('a.example.com', 'CNAME', ['b.example.com']),
      record('b.example.com', 'CNAME', ['a.example.com']),
    ),
  );
  expect(resolve(region, 'out.example.com')).toEqual({ kind: 'alias', dnsName: 'elsewhere.example.org' });
  expect(resolve(region, 'a.example.com')).toBeUndefined();
});
