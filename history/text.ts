/** Formats the history of a service for people and for scripts. Pure. */
import type { ServiceHistory } from '../lib/run/results.ts';
import type { DeployedImage, HistoryEntry } from './entries.ts';

/** The number of digits of a digest that are shown. */
const SHOWN_DIGITS = 12;

/** Returns one line per deployment, with its changes and images below. */
export function historyText(service: string, entries: readonly HistoryEntry[], olderCount: number): string[] {
  const rows = entries.map((entry) => [
    String(entry.revision),
    timeText(entry.at),
    entry.by ?? '',
    endingText(entry),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [
    service,
    ...entries.flatMap((entry, index) => [
      `  ${(rows[index] ?? [])
        .map((cell, column) =>
          column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')}`.trimEnd(),
      ...details(entry).map((line) => `  ${' '.repeat(widths[0] ?? 0)}  ${line}`),
    ]),
    ...(olderCount > 0 ? [`  and ${olderCount} older ${olderCount === 1 ? 'revision' : 'revisions'}`] : []),
  ];
}

/** Formats a time to the second, in UTC. */
const timeText = (at: Date | undefined): string =>
  at === undefined ? '' : `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** Describes how a deployment ended, and whether it is in service. */
function endingText({ outcome, reason, isServing, trafficPercent }: HistoryEntry): string {
  const ending = reason === undefined ? outcome : `${outcome}: ${reason.trim()}`;
  const share = trafficPercent === undefined ? '' : ` with ${trafficPercent} % of the requests`;
  return isServing ? `in service${share}, ${ending}` : ending;
}

function details({ changes, restores, images }: HistoryEntry): string[] {
  const parts = [
    ...(restores === undefined ? [] : [`rollback to revision ${restores}`]),
    ...(changes.length > 0 ? [`changed: ${changes.join(', ')}`] : []),
  ];
  const digests = images.flatMap((image) =>
    image.digest === undefined ? [] : [`${image.container} ${shortDigest(image)}`],
  );
  return [...parts, ...(digests.length > 0 ? [`images: ${digests.join(', ')}`] : [])];
}

/** Shortens a digest, e.g. to `b1946ac92492`. */
const shortDigest = ({ digest = '' }: DeployedImage): string =>
  digest.replace(/^\w+:/, '').slice(0, SHOWN_DIGITS);

/** Returns the history of a service for scripts. */
export const historyJson = (
  service: string,
  entries: readonly HistoryEntry[],
  olderCount: number,
): ServiceHistory => ({
  service,
  revisions: entries.map(({ at, by, restores, images, reason, isServing, trafficPercent, ...entry }) => ({
    revision: entry.revision,
    at: at?.toISOString() ?? null,
    by: by ?? null,
    changes: entry.changes,
    restores: restores ?? null,
    images: images.map(({ container, reference, digest }) => ({
      container,
      reference,
      digest: digest ?? null,
    })),
    outcome: entry.outcome,
    reason: reason ?? null,
    inService: isServing,
    trafficPercent: trafficPercent ?? null,
  })),
  older: olderCount,
});
