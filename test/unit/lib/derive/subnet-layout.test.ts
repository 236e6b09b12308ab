// How the block of a VPC is cut into subnets, and which zone each lies in.
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
  test('of a /16 are /20, the public ones first, the private ones from the middle on', () => {
    expect(subnetLayouts({ cidr: '10.0.0.0/16', zones: 2 })).toEqual([
      { key: 'public-1', isPublic: true, cidr: '10.0.0.0/20', zone: 0 },
      { key: 'public-2', isPublic: true, cidr: '10.0.16.0/20', zone: 1 },
      { key: 'private-1', isPublic: false, cidr: '10.0.128.0/20', zone: 0 },
      { key: 'private-2', isPublic: false, cidr: '10.0.144.0/20', zone: 1 },
    ]);
  });

  test('of the smallest VPC are the smallest that AWS takes, up to the last address there is', () => {
    const plans = subnetLayouts({ cidr: '255.255.255.0/24', zones: 6 });
    expect(plans.at(-1)).toEqual({ key: 'private-6', isPublic: false, cidr: '255.255.255.208/28', zone: 5 });
  });

  test('lie in the block of the VPC and never over each other', () => {
    fc.assert(
      fc.property(network, (one) => {
        const vpc = new Netmask(one.cidr);
        const blocks = subnetLayouts(one).map(({ cidr }) => new Netmask(cidr));
        for (const [index, block] of blocks.entries()) {
          expect(vpc.contains(block)).toBe(true);
          for (const other of blocks.slice(index + 1)) {
            expect(block.contains(other.base) || other.contains(block.base)).toBe(false);
          }
        }
      }),
    );
  });

  test('stay where they are when a zone is added', () => {
    fc.assert(
      fc.property(network, ({ cidr, zones }) => {
        const more = subnetLayouts({ cidr, zones: zones + 1 });
        expect(more).toEqual(expect.arrayContaining(subnetLayouts({ cidr, zones })));
      }),
    );
  });
});

test('the keys of a kind are those of its subnets, by zone', () => {
  const three = { cidr: '10.0.0.0/16', zones: 3 };
  expect(subnetKeys(three, 'public')).toEqual(['public-1', 'public-2', 'public-3']);
  expect(subnetKeys(three, 'private')).toEqual(['private-1', 'private-2', 'private-3']);
});

describe('the zone of each number', () => {
  test('is the first free one when nothing is there yet', () => {
    expect(assignZones(2, [], ['a', 'b', 'c'])).toEqual(['a', 'b']);
  });

  test('is kept where a subnet lies already, and never given twice', () => {
    // When the stack was made, `b` was closed to the account; now it is open, and a third zone is wanted.
    expect(assignZones(3, ['a', 'c'], ['a', 'b', 'c'])).toEqual(['a', 'c', 'b']);
  });

  test('is kept where a subnet lies although the region no longer offers it', () => {
    expect(assignZones(2, ['z'], ['a', 'b'])).toEqual(['z', 'a']);
  });
});
