/** Finds the configured changes that a rollback has undone: the configuration is ahead of the services. Pure. */
import { changedParts } from '../../lib/derive/revision-words.ts';
import { RESTORES_TAG } from '../../lib/derive/tags.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Change } from '../../lib/model/change.ts';
import type { Event } from '../../lib/model/report.ts';
import type { RolledBack } from '../../lib/run/results.ts';
import { isDefinitionField } from '../steps/task-definitions.ts';

/** Returns the services whose configuration is ahead because a rollback is in place. */
export const rolledBackServices = (
  changes: readonly Change[],
  { taskDefinitions }: Pick<Survey, 'taskDefinitions'>,
): RolledBack[] =>
  changes
    .filter(({ noun, verb }) => noun === 'taskDefinitions' && verb === 'update')
    .flatMap(({ key, fields }) => {
      const { tags = {}, definition = {} } = taskDefinitions.get(key) ?? {};
      const restores = Number(tags[RESTORES_TAG]);
      const changed = fields.filter(isDefinitionField);
      if (!Number.isInteger(restores) || changed.length === 0) return [];
      const { containers } = definition;
      const after = changed.find(({ field }) => field === 'containers')?.to ?? containers;
      const ahead = changedParts(
        changed.map(({ field }) => field),
        containers,
        after,
      );
      return [{ service: key, restores, ahead }];
    });

/** Describes a rollback that is in place. */
export const rolledBackText = ({ service, restores, ahead }: RolledBack): string =>
  `${service} was rolled back to revision ${restores}, and the configuration is ahead: a provision deploys ${ahead.join(', ')} again`;

/** Returns a note for each rollback that is in place. */
export const rollbackEvents = (...plan: Parameters<typeof rolledBackServices>): Event[] =>
  rolledBackServices(...plan).map((service) => ({ type: 'note', text: rolledBackText(service) }));

/** Gives the change of a service that was rolled back its real reason. */
export const withRollbackReasons = (
  changes: readonly Change[],
  found: Pick<Survey, 'taskDefinitions'>,
): Change[] => {
  const rolledBack = new Map(rolledBackServices(changes, found).map((entry) => [entry.service, entry]));
  return changes.map((change) => {
    const entry = change.noun === 'taskDefinitions' ? rolledBack.get(change.key) : undefined;
    if (!entry) return change;
    const reason = `the configuration is ahead: revision ${entry.restores} was restored without ${entry.ahead.join(', ')}`;
    return { ...change, reason };
  });
};
