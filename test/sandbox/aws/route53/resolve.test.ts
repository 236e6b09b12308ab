// The answers of the sandbox's hosted zones to DNS queries.
import { describe, expect, test } from '@jest/globals';
import { delegatedServers, resolve } from '../../../../sandbox/aws/route53/resolve.ts';
import type { Region } from '../../../../sandbox/world/region.ts';
import { alias, aliasScene, batchOf, record, zoneScene } from './scene.ts';

test('a name resolves to its addresses, in upper or lower case and with or without a trailing dot', async () => {
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

test('among zones of the same name, the oldest zone answers', async () => {
  const { addZone, change, region } = await zoneScene();
  const second = await addZone('example.com', 'second');
  await change(batchOf('CREATE', record('a.example.com', 'A', ['192.0.2.1'])));
  await change(batchOf('CREATE', record('b.example.com', 'A', ['192.0.2.3'])), second);
  expect(resolve(region, 'a.example.com')).toEqual({ kind: 'values', values: ['192.0.2.1'] });
  expect(resolve(region, 'b.example.com')).toBeUndefined();
});

describe('a zone within another zone of the account', () => {
  const serversOf = (region: Region, zoneId: string) =>
    region.route53.zones.get(zoneId)?.nameServers.map((server) => `${server}.`) ?? [];

  async function nestedZones() {
    const started = await zoneScene();
    const inner = await started.addZone('in.example.com');
    await started.change(batchOf('CREATE', record('a.in.example.com', 'A', ['192.0.2.1'])));
    await started.change(batchOf('CREATE', record('a.in.example.com', 'A', ['192.0.2.2'])), inner);
    const delegate = (name: string, servers: string[], zone?: string) =>
      started.change(batchOf('UPSERT', record(name, 'NS', servers)), zone);
    return { ...started, inner, delegate, servers: serversOf(started.region, inner) };
  }
  const answerOf = (region: Region) => resolve(region, 'a.in.example.com');

  test('answers only once the outer zone delegates to its name servers', async () => {
    const { delegate, region, servers } = await nestedZones();
    expect(answerOf(region)).toEqual({ kind: 'values', values: ['192.0.2.1'] });
    expect(delegatedServers(region, 'in.example.com')).toEqual([]);
    await delegate('in.example.com', servers);
    expect(answerOf(region)).toEqual({ kind: 'values', values: ['192.0.2.2'] });
    expect(delegatedServers(region, 'in.example.com')).toEqual(servers);
  });

  test('does not answer if the outer zone delegates to other name servers', async () => {
    const { delegate, region } = await nestedZones();
    await delegate('in.example.com', ['ns1.elsewhere.example.']);
    expect(answerOf(region)).toBeUndefined();
    expect(delegatedServers(region, 'in.example.com')).toEqual(['ns1.elsewhere.example.']);
  });

  test('hides the records of the outer zone at the delegated name itself and below it', async () => {
    const { change, delegate, region, servers } = await nestedZones();
    await change(batchOf('CREATE', record('in.example.com', 'A', ['192.0.2.3'])));
    await change(batchOf('CREATE', record('other.in.example.com', 'A', ['192.0.2.4'])));
    await delegate('in.example.com', servers);
    expect(resolve(region, 'in.example.com')).toBeUndefined();
    expect(resolve(region, 'other.in.example.com')).toBeUndefined();
  });

  test('may delegate to a deeper zone, which answers only once the outer zone delegates as well', async () => {
    const { addZone, change, delegate, inner, region, servers } = await nestedZones();
    const deepest = await addZone('a.in.example.com');
    await change(batchOf('CREATE', record('a.in.example.com', 'A', ['192.0.2.5'])), deepest);
    await delegate('a.in.example.com', serversOf(region, deepest), inner);
    expect(answerOf(region)).toEqual({ kind: 'values', values: ['192.0.2.1'] });
    await delegate('in.example.com', servers);
    expect(answerOf(region)).toEqual({ kind: 'values', values: ['192.0.2.5'] });
  });
});

test('the name servers of an outermost zone are those of the oldest zone with its name', async () => {
  const { addZone, region, zoneId } = await zoneScene();
  await addZone('example.com', 'second');
  const servers = region.route53.zones.get(zoneId)?.nameServers;
  expect(delegatedServers(region, 'Example.com')).toEqual(servers?.map((server) => `${server}.`));
  expect(delegatedServers(region, 'example.org')).toEqual([]);
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

test('a query for AAAA is answered only by an AAAA record', async () => {
  const { change, region } = await zoneScene();
  await change(batchOf('CREATE', record('a.example.com', 'A', ['192.0.2.1'])));
  await change(
    batchOf(
      'CREATE',
      record('b.example.com', 'A', ['192.0.2.1']),
      record('b.example.com', 'AAAA', ['2001:db8::1']),
    ),
  );
  const query = (name: string) => resolve(region, name, Math.random, 'AAAA');
  expect(query('a.example.com')).toBeUndefined();
  expect(query('b.example.com')).toEqual({ kind: 'values', values: ['2001:db8::1'] });
});
