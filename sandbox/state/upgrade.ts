/** Upgrades the file of a world that an earlier sandbox wrote. */
import type { Snapshot } from '../world/world.ts';

/** The version of the file. */
export const VERSION = 2;

/** The fields of ECS rows that version 1 has under other names. */
const RENAMED: Readonly<Record<string, string>> = {
  restUntil: 'pausedUntil',
  asked: 'createInput',
  counted: 'isFailureCounted',
  condemned: 'replaceReason',
  proven: 'wasHealthy',
};

/**
 * Returns the world of a file in the current form. Rows are renamed in place.
 * @returns undefined for an unknown version
 */
export function upgraded(version: number, snapshot: Snapshot): Snapshot | undefined {
  if (version === 1) for (const { ecs = {} } of Object.values(snapshot.regions)) renameIn(ecs);
  return version >= 1 && version <= VERSION ? snapshot : undefined;
}

function renameIn(tables: Snapshot['regions'][string][string]): void {
  const rows = Object.values(tables).flatMap((entries) => entries.map(([, row]) => row));
  for (const row of rows as Record<string, unknown>[]) {
    for (const [before, now] of Object.entries(RENAMED)) {
      if (!(before in row)) continue;
      row[now] = row[before];
      delete row[before];
    }
  }
}
