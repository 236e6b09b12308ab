// The subnets of a VPC, and their zones.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Netmask } from 'netmask';
import { subnetKeys, subnetLayouts, assignZones } from '../../../../lib/derive/subnet-layout.ts';

const network = fc.record({
  cidr: fc
    .tuple(fc.ipV4(), fc.integer({ min: 16, max: 24 }))
    .map(([address, bits]) => new Netmask(`${address}/${bits}`).toString()),
  zones: fc.integer({ min: 2, max: 6 }),
});

describe('the blocks of the subnets', () => {
  test('of a /16 are /20 blocks, public ones from the start and private ones from the middle', () => {
    expect(subnetLayouts({ cidr: '10.0.0.0/16', zones: 2 })).toEqual([
      { key: 'public-1', isPublic: true, cidr: '10.0.0.0/20', zoneIndex: 0 },
      { key: 'public-2', isPublic: true, cidr: '10.0.16.0/20', zoneIndex: 1 },
      { key: 'private-1', isPublic: false, cidr: '10.0.128.0/20', zoneIndex: 0 },
      { key: 'private-2', isPublic: false, cidr: '10.0.144.0/20', zoneIndex: 1 },
    ]);
  });

  test('of the smallest VPC have the smallest size that AWS accepts, even at the last IPv4 address', () => {
    const layouts = subnetLayouts({ cidr: '255.255.255.0/24', zones: 6 });
    expect(layouts.at(-1)).toEqual({
      key: 'private-6',
      isPublic: false,
      cidr: '255.255.255.208/28',
      zoneIndex: 5,
    });
  });

  test('are within the block of the VPC and never overlap', () => {
    fc.assert(
      fc.property(network, (layout) => {
        const vpc = new Netmask(layout.cidr);
        const blocks = subnetLayouts(layout).map(({ cidr }) => new Netmask(cidr));
        for (const [index, block] of blocks.entries()) {
          expect(vpc.contains(block)).toBe(true);
          for (const other of blocks.slice(index + 1)) {
            expect(block.contains(other.base) || other.contains(block.base)).toBe(false);
          }
        }
      }),
    );
  });

  test('stay the same when a zone is added', () => {
    fc.assert(
      fc.property(network, ({ cidr, zones }) => {
        const more = subnetLayouts({ cidr, zones: zones + 1 });
        expect(more).toEqual(expect.arrayContaining(subnetLayouts({ cidr, zones })));
      }),
    );
  });
});

test('the keys of public or private subnets are in the order of their zones', () => {
  const three = { cidr: '10.0.0.0/16', zones: 3 };
  expect(subnetKeys(three, 'public')).toEqual(['public-1', 'public-2', 'public-3']);
  expect(subnetKeys(three, 'private')).toEqual(['private-1', 'private-2', 'private-3']);
});

describe('the zone that is assigned to a zone number', () => {
  test('is the first available zone that is free, if there are no subnets yet', () => {
    expect(assignZones(2, [], ['a', 'b', 'c'])).toEqual(['a', 'b']);
  });

  test('stays the zone of an existing subnet, and is never assigned twice', () => {
    // When the stack was created, `b` was not available to the account; now it is, and a third zone is desired.
    expect(assignZones(3, ['a', 'c'], ['a', 'b', 'c'])).toEqual(['a', 'c', 'b']);
  });

  test('stays the zone of an existing subnet even if the region no longer offers that zone', () => {
    expect(assignZones(2, ['z'], ['a', 'b'])).toEqual(['z', 'a']);
  });
});
