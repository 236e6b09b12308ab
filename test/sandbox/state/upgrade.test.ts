// Worlds that an earlier version of the sandbox wrote are converted to the current form.
import { expect, test } from '@jest/globals';
import { upgradeSnapshot, VERSION } from '../../../sandbox/state/upgrade.ts';
import type { Snapshot } from '../../../sandbox/world/world.ts';

const worldWith = (row: object): Snapshot => ({
  seed: 's',
  count: 1,
  agenda: [],
  global: {},
  regions: {
    'eu-west-1': { ecs: { tasks: [['id', row]] }, ec2: { vpcs: [['id', { asked: 1 }]], networkAcls: [] } },
  } as never,
});

test('in a file of an earlier version, the members of ECS rows are renamed, and other rows stay unchanged', () => {
  const before = {
    asked: { name: 'web' },
    counted: true,
    condemned: 'unhealthy',
    proven: true,
    restUntil: 7,
    failed: 'start',
    completed: { id: 'ecs-svc/1' },
    launches: 2,
    kept: 1,
  };
  expect(upgradeSnapshot(1, worldWith(before))).toEqual(
    worldWith({
      createInput: { name: 'web' },
      isFailureCounted: true,
      replaceReason: 'unhealthy',
      wasHealthy: true,
      pausedUntil: 7,
      failureKind: 'start',
      lastCompleted: { id: 'ecs-svc/1' },
      launchCount: 2,
      kept: 1,
    }),
  );
});

test('in a file of an earlier version, the members of the deployments of a service are renamed, too', () => {
  const before = { deployments: [{ restUntil: 7 }], completed: { restUntil: 8 } };
  expect(upgradeSnapshot(1, worldWith(before))).toEqual(
    worldWith({ deployments: [{ pausedUntil: 7 }], lastCompleted: { pausedUntil: 8 } }),
  );
});

test('a file of the current version stays unchanged, and a file of a newer version is refused', () => {
  expect(upgradeSnapshot(VERSION, worldWith({ asked: 1 }))).toEqual(worldWith({ asked: 1 }));
  expect(upgradeSnapshot(VERSION + 1, worldWith({}))).toBeUndefined();
});

test('a file without network ACLs gets the default ACL of each VPC, with the IDs that earlier versions showed', () => {
  const subnets = [
    ['subnet-1', { VpcId: 'vpc-1' }],
    ['subnet-2', { VpcId: 'vpc-2' }],
  ];
  const ec2 = { vpcs: [['vpc-1', { OwnerId: '000000000000' }]], subnets };
  const before = { seed: 's', count: 1, agenda: [], global: {}, regions: { 'eu-west-1': { ec2 } } };
  const after = upgradeSnapshot(VERSION, before as unknown as Snapshot);
  expect(after?.regions['eu-west-1']?.['ec2']?.['networkAcls']).toMatchObject([
    [
      'acl-1',
      {
        VpcId: 'vpc-1',
        OwnerId: '000000000000',
        IsDefault: true,
        Associations: [
          { NetworkAclAssociationId: 'aclassoc-1', NetworkAclId: 'acl-1', SubnetId: 'subnet-1' },
        ],
      },
    ],
  ]);
});
