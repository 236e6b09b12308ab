/** Tags of hosted zones: set by a call of their own, after the zone is there. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { invalidInput, noSuchHealthCheck, notInEnumeration } from './errors.ts';
import { bare } from './ids.ts';
import type { HostedZoneRow } from './store.ts';

const MOST_A_CALL = 10;
const MOST_TAGS = 50;

function taggable(region: Region, type: string | undefined, id: string | undefined): HostedZoneRow {
  if (type === 'healthcheck') throw noSuchHealthCheck(bare(id));
  if (type !== 'hostedzone') throw notInEnumeration(type, ['healthcheck', 'hostedzone']);
  return rowOf(region.route53.zones, id);
}

const tagSet = ({ Id, tags }: HostedZoneRow): Route53.ResourceTagSet => ({
  ResourceType: 'hostedzone',
  ResourceId: Id,
  Tags: tags,
});

export const tagOperations = {
  /** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html */
  ChangeTagsForResource: {
    takes: ['ResourceType', 'ResourceId', 'AddTags', 'RemoveTagKeys'],
    run({ ResourceType, ResourceId, AddTags = [], RemoveTagKeys = [] }, region) {
      const zone = taggable(region, ResourceType, ResourceId);
      if (AddTags.length + RemoveTagKeys.length === 0) {
        throw invalidInput('At least one of AddTags and RemoveTagKeys must be specified');
      }
      if (AddTags.length > MOST_A_CALL || RemoveTagKeys.length > MOST_A_CALL) {
        throw invalidInput(`A call can add or remove at most ${MOST_A_CALL} tags`);
      }
      const tags = new Map(zone.tags.map((tag) => [tag.Key ?? '', tag]));
      for (const key of RemoveTagKeys) tags.delete(key);
      for (const { Key = '', Value = '' } of AddTags) {
        if (Key === '' || Key.startsWith('aws:')) throw invalidInput(`The tag key '${Key}' is not valid`);
        tags.set(Key, { Key, Value });
      }
      if (tags.size > MOST_TAGS) throw invalidInput(`A resource can have at most ${MOST_TAGS} tags`);
      zone.tags = [...tags.values()];
      return {};
    },
  },

  ListTagsForResource: {
    takes: ['ResourceType', 'ResourceId'],
    run({ ResourceType, ResourceId }, region) {
      return { ResourceTagSet: tagSet(taggable(region, ResourceType, ResourceId)) };
    },
  },

  /** One zone that is gone fails the whole call. */
  ListTagsForResources: {
    takes: ['ResourceType', 'ResourceIds'],
    run({ ResourceType, ResourceIds = [] }, region) {
      if (ResourceIds.length === 0 || ResourceIds.length > MOST_A_CALL) {
        throw invalidInput(`Between 1 and ${MOST_A_CALL} resource IDs must be specified`);
      }
      return { ResourceTagSets: ResourceIds.map((id) => tagSet(taggable(region, ResourceType, id))) };
    },
  },
} satisfies Operations<typeof Route53>;
