/** Removes a hosted zone that the stack created, if it contains only the records that Route 53 created with it. */
import { DeleteHostedZoneCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { isCode } from '../../lib/aws/errors.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { FoundHostedZone } from '../../lib/look/hosted-zone.ts';
import { allRecordSets, bareName } from '../../lib/look/record-sets.ts';
import { problem } from '../../lib/model/problem.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const hostedZone: Removal<'hostedZone'> = {
  /** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html */
  async remove({ aws, existing }) {
    try {
      await ignoringNotFound(() => aws.route53(new DeleteHostedZoneCommand({ Id: existing.hostedZoneId })));
    } catch (error) {
      if (!isCode(error, 'HostedZoneNotEmpty')) throw error;
      const sets = await allRecordSets(aws, existing.hostedZoneId);
      throw notEmpty(existing, sets.filter((set) => !isBuiltIn(existing, set)).map(recordText), error);
    }
  },
};

/** Whether Route 53 created a record set together with its zone, and deletes it with the zone. */
const isBuiltIn = ({ name }: FoundHostedZone, { Name, Type }: ResourceRecordSet): boolean =>
  bareName(Name) === name && (Type === 'NS' || Type === 'SOA');

const recordText = ({ Name, Type }: ResourceRecordSet): string => `${bareName(Name)} (${Type})`;

const notEmpty = ({ name, hostedZoneId }: FoundHostedZone, others: readonly string[], cause: unknown) =>
  problem('FOREIGN', {
    what: `The zone ${name} (${hostedZoneId}) contains records that do not belong to this stack, so it cannot be removed.`,
    why: others.join('\n'),
    now: 'The zone and these records are kept.',
    fix: ['Remove the listed records if no one needs them.', 'Then run the same command again, to finish.'],
    cause,
  });
