/** Chooses the revision that a rollback restores. Pure. */
import type { HistoryEntry } from '../history/entries.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';

/** The facts on which the choice depends. */
export interface ChoiceContext {
  readonly service: string;
  /** The history of the service, the newest deployment first. */
  readonly entries: readonly HistoryEntry[];
  /** The ARN of the task definition that the service uses. */
  readonly currentArn: string;
  /** The revision that the user names. */
  readonly to: number | undefined;
  /** The revision of a rollback that has started but has not ended. */
  readonly unfinished: number | undefined;
  /** Whether ECS's records of deployments can be read. */
  readonly isRecorded: boolean;
}

/**
 * Returns the number of the revision to restore. By default, this is the last revision that was deployed successfully before the
 * one in service. If an earlier rollback put the revision in service, the search starts at the revision that it restored.
 * An unfinished rollback is continued.
 * @throws ROLLBACK_REFUSED if there is no such revision
 */
export function chooseRevision(context: ChoiceContext): number {
  const { service, entries, currentArn, to, unfinished, isRecorded } = context;
  if (to !== undefined) return to;
  if (unfinished !== undefined) return unfinished;
  const current = entries.find(({ taskDefinitionArn }) => taskDefinitionArn === currentArn);
  if (current?.restores !== undefined && current.outcome === 'in progress') return current.restores;
  if (!isRecorded) throw unknownOutcomes(service);
  const position = current === undefined ? Infinity : contentOf(current);
  const earlier = entries
    .filter(({ outcome }) => outcome === 'successful')
    .map(contentOf)
    .filter((revision) => revision < position);
  if (earlier.length === 0) throw nothingEarlier(service, current?.revision);
  return Math.max(...earlier);
}

/** The number of the revision whose content an entry has. */
const contentOf = ({ revision, restores = revision }: HistoryEntry): number => restores;

/** Whether the service already uses a revision, or another one with the same content. */
export const isInService = (
  { entries, currentArn }: Pick<ChoiceContext, 'entries' | 'currentArn'>,
  revision: number,
): boolean =>
  entries.some(
    (entry) =>
      entry.taskDefinitionArn === currentArn && (entry.revision === revision || entry.restores === revision),
  );

/** Makes the problem of a rollback that cannot be carried out. Nothing was changed. */
export const rollbackRefused = (what: string, why: string, ...fix: readonly string[]): Problem =>
  problem('ROLLBACK_REFUSED', { what, why, now: NOTHING_CHANGED, fix });

const nothingEarlier = (service: string, current: number | undefined): Problem =>
  rollbackRefused(
    `There is no earlier revision of ${service} to roll back to.`,
    current === undefined
      ? 'ECS records no successful deployment of a revision.'
      : `Revision ${current} is in service, and ECS records no successful deployment of an earlier revision.`,
    `npm run history -- ${service}, to see its revisions`,
    `npm run rollback -- ${service} --to N, to restore a revision nevertheless`,
  );

const unknownOutcomes = (service: string): Problem =>
  rollbackRefused(
    `It is unknown which revision of ${service} was deployed successfully.`,
    "ECS's records of deployments cannot be read: this endpoint does not have them, or the caller may not read them.",
    `npm run history -- ${service}, to see its revisions`,
    `npm run rollback -- ${service} --to N`,
  );

/** The problem with a revision that does not exist. */
export const noSuchRevision = (
  service: string,
  revision: number,
  entries: readonly HistoryEntry[],
): Problem =>
  rollbackRefused(
    `There is no revision ${revision} of ${service}.`,
    `The revisions are ${[...new Set(entries.map((entry) => entry.revision))].sort((a, b) => a - b).join(', ')}.`,
    `npm run history -- ${service}, to see them`,
  );
