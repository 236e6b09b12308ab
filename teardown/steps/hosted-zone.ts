/** Removes a hosted zone that the stack created, once only what Route 53 itself put there is left. */
import { DeleteHostedZoneCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { isCode } from '../../lib/aws/errors.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { FoundHostedZone } from '../../lib/look/hosted-zone.ts';
import { allRecordSets, bareName } from '../../lib/look/record-sets.ts';
import { problem } from '../../lib/model/problem.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const hostedZone: Removal<'hostedZone'> = {
  /** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html */
  async remove({ aws, existing: item }) {
    try {
      await ignoringNotFound(() => aws.route53(new DeleteHostedZoneCommand({ Id: item.hostedZoneId })));
    } catch (error) {
      if (!isCode(error, 'HostedZoneNotEmpty')) throw error;
      const sets = await allRecordSets(aws, item.hostedZoneId);
      throw notEmpty(item, sets.filter((set) => !isOwnRecordSet(item, set)).map(described), error);
    }
  },
};

/** The records that Route 53 puts into every zone, and takes away with it. */
const isOwnRecordSet = ({ name }: FoundHostedZone, { Name, Type }: ResourceRecordSet): boolean =>
  bareName(Name) === name && (Type === 'NS' || Type === 'SOA');

const described = ({ Name, Type }: ResourceRecordSet): string => `${bareName(Name)} (${Type})`;

const notEmpty = ({ name, hostedZoneId }: FoundHostedZone, others: readonly string[], cause: unknown) =>
  problem('FOREIGN', {
    what: `Others have made records in the zone ${name} (${hostedZoneId}), so it cannot be removed.`,
    why: others.join('\n'),
    now: 'The zone and what is listed are kept.',
    fix: [
      'Remove what is listed, if you know that nobody needs it.',
      'Then run the same command again, to finish.',
    ],
    cause,
  });
