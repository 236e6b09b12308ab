// Answers of the sandbox's hosted zones to a resolver.
import { expect, test } from '@jest/globals';
import { resolve } from '../../../../sandbox/aws/route53/resolve.ts';
import { alias, aliasScene, all, record, zoneScene } from './scene.ts';

test('a name has its addresses, in any case and with or without a trailing dot', async () => {
  const { change, region } = await zoneScene();
  await change(all('CREATE', record('www.example.com', 'A', ['192.0.2.1', '192.0.2.2'])));
  for (const name of ['www.example.com', 'WWW.Example.com.']) {
    expect(resolve(region, name)).toEqual({ kind: 'values', values: ['192.0.2.1', '192.0.2.2'] });
  }
  expect(resolve(region, 'none.example.com')).toBeUndefined();
  expect(resolve(region, 'example.com')).toBeUndefined();
  expect(resolve(region, 'www.example.org')).toBeUndefined();
});

test('an alias leads to the load balancer, straight, through the zone and through a CNAME', async () => {
  const { CanonicalHostedZoneId, change, DNSName, region, world, zoneId } = await aliasScene();
  await change(
    all(
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

test('the zone with the longest name answers, and of two alike the older', async () => {
  const { addZone, change, region } = await zoneScene();
  const [inner, second] = [await addZone('in.example.com'), await addZone('example.com', 'second')];
  const answers = (value: string) => all('CREATE', record('a.in.example.com', 'A', [value]));
  await change(answers('192.0.2.1'));
  await change(answers('192.0.2.2'), inner);
  expect(resolve(region, 'a.in.example.com')).toEqual({ kind: 'values', values: ['192.0.2.2'] });
  await change(all('CREATE', record('b.example.com', 'A', ['192.0.2.3'])), second);
  expect(resolve(region, 'b.example.com')).toBeUndefined();
});

test('a wildcard stands for names that do not exist, at any depth, and for those only', async () => {
  const { change, region } = await zoneScene();
  await change(
    all(
      'CREATE',
      record('*.example.com', 'A', ['192.0.2.1']),
      record('txt.example.com', 'TXT', ['"here"']),
      record('deep.inner.example.com', 'A', ['192.0.2.2']),
    ),
  );
  const wild = { kind: 'values', values: ['192.0.2.1'] };
  expect(resolve(region, 'any.example.com')).toEqual(wild);
  expect(resolve(region, 'a.b.example.com')).toEqual(wild);
  // These names exist: one with another type, one only above another, and one below an existing name.
  expect(resolve(region, 'txt.example.com')).toBeUndefined();
  expect(resolve(region, 'inner.example.com')).toBeUndefined();
  expect(resolve(region, 'other.inner.example.com')).toBeUndefined();
});

test('weighted record sets share the answers by weight', async () => {
  const { change, region } = await zoneScene();
  const weighted = (SetIdentifier: string, Weight: number, value: string) =>
    record('w.example.com', 'A', [value], { SetIdentifier, Weight });
  await change(all('CREATE', weighted('a', 3, '192.0.2.1'), weighted('b', 1, '192.0.2.2')));
  const at = (drawn: number) => resolve(region, 'w.example.com', () => drawn);
  expect(at(0.74)).toEqual({ kind: 'values', values: ['192.0.2.1'] });
  expect(at(0.75)).toEqual({ kind: 'values', values: ['192.0.2.2'] });
  await change(all('UPSERT', weighted('a', 0, '192.0.2.1'), weighted('b', 0, '192.0.2.2')));
  expect(at(0.49)).toEqual({ kind: 'values', values: ['192.0.2.1'] });
  expect(at(0.5)).toEqual({ kind: 'values', values: ['192.0.2.2'] });
});

test('multivalue answers hold the addresses of all', async () => {
  const { change, region } = await zoneScene();
  const one = (SetIdentifier: string, value: string) =>
    record('m.example.com', 'A', [value], { SetIdentifier, MultiValueAnswer: true });
  await change(all('CREATE', one('a', '192.0.2.1'), one('b', '192.0.2.2')));
  expect(resolve(region, 'm.example.com')).toEqual({ kind: 'values', values: ['192.0.2.1', '192.0.2.2'] });
});

test('a CNAME to elsewhere ends there, and CNAMEs in a circle end nowhere', async () => {
  const { change, region } = await zoneScene();
  await change(
    all(
      'CREATE',
      record('out.example.com', 'CNAME', ['Elsewhere.example.org']),
      record('a.example.com', 'CNAME', ['b.example.com']),
      record('b.example.com', 'CNAME', ['a.example.com']),
    ),
  );
  expect(resolve(region, 'out.example.com')).toEqual({ kind: 'alias', dnsName: 'elsewhere.example.org' });
  expect(resolve(region, 'a.example.com')).toBeUndefined();
});
