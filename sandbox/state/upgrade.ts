/** Upgrades a world that an earlier version of the sandbox wrote to disk. */
import type { Snapshot } from '../world/world.ts';
import { addDefaultAcls } from './default-network-acls.ts';

/** The current version of the file format. */
export const VERSION = 3;

/** Maps the names that fields of ECS rows had in earlier versions to their current names. */
const CURRENT_NAMES: Readonly<Record<string, string>> = {
  restUntil: 'pausedUntil',
  asked: 'createInput',
  counted: 'isFailureCounted',
  condemned: 'replaceReason',
  proven: 'wasHealthy',
  failed: 'failureKind',
  completed: 'lastCompleted',
  launches: 'launchCount',
};

/**
 * Returns the snapshot in the current version. It is changed in place: fields are renamed, and missing default network ACLs
 * are added.
 * @returns undefined for an unknown version
 */
export function upgradeSnapshot(version: number, snapshot: Snapshot): Snapshot | undefined {
  for (const { ec2 } of Object.values(snapshot.regions)) if (ec2) addDefaultAcls(ec2);
  if (version < VERSION) for (const { ecs = {} } of Object.values(snapshot.regions)) renameFields(ecs);
  return version >= 1 && version <= VERSION ? snapshot : undefined;
}

function renameFields(tables: Snapshot['regions'][string][string]): void {
  const rows = Object.values(tables).flatMap((entries) => entries.map(([, row]) => row as Row));
  for (const row of rows) {
    renameFieldsOf(row);
    // The rows of services contain the rows of their deployments.
    const { deployments = [], lastCompleted } = row as { deployments?: Row[]; lastCompleted?: Row };
    for (const deployment of [...deployments, lastCompleted ?? {}]) renameFieldsOf(deployment);
  }
}

type Row = Record<string, unknown>;

function renameFieldsOf(row: Row): void {
  for (const [oldName, newName] of Object.entries(CURRENT_NAMES)) {
    if (!(oldName in row)) continue;
    row[newName] = row[oldName];
    delete row[oldName];
  }
}
