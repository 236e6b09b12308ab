/** Tags of hosted zones. A separate call sets them after the zone is created. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { CAPITALISED, tagging } from '../tagging.ts';
import { invalidInput, noSuchHealthCheck, noSuchHostedZone, notInEnumeration } from './errors.ts';
import type { HostedZoneRow } from './store.ts';

const MAX_PER_CALL = 10;

const { merged, without } = tagging({
  notation: CAPITALISED,
  check(key) {
    if (key === '' || key.startsWith('aws:')) throw invalidInput(`The tag key '${key}' is not valid`);
  },
  tooMany: (max) => invalidInput(`A resource can have at most ${max} tags`),
});

/** The API model allows 64 characters, but Route 53 allows only 32 (recorded by moto's `test_route53_hosted_zone_ids.py`). */
const MAX_ID_LENGTH = 32;

/** Returns the zone with the given id. Unlike other calls, the calls for tags accept no `/hostedzone/` prefix. */
function taggedZone(region: Region, type: string | undefined, id = ''): HostedZoneRow {
  if (type === 'healthcheck') throw noSuchHealthCheck(id);
  if (type !== 'hostedzone') throw notInEnumeration(type, ['healthcheck', 'hostedzone']);
  if (id.length > MAX_ID_LENGTH) {
    throw invalidInput(
      `1 validation error detected: Value '${id}' at 'resourceId' failed to satisfy constraint: Member must have length less than or equal to ${MAX_ID_LENGTH}`,
    );
  }
  const zone = region.route53.zones.get(id);
  if (!zone) throw noSuchHostedZone(id);
  return zone;
}

const tagSet = ({ Id, tags }: HostedZoneRow): Route53.ResourceTagSet => ({
  ResourceType: 'hostedzone',
  ResourceId: Id,
  Tags: tags,
});

export const tagOperations = {
  /** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html */
  ChangeTagsForResource: {
    inputMembers: ['ResourceType', 'ResourceId', 'AddTags', 'RemoveTagKeys'],
    run({ ResourceType, ResourceId, AddTags = [], RemoveTagKeys = [] }, region) {
      const zone = taggedZone(region, ResourceType, ResourceId);
      if (AddTags.length + RemoveTagKeys.length === 0) {
        throw invalidInput('At least one of AddTags and RemoveTagKeys must be specified');
      }
      if (AddTags.length > MAX_PER_CALL || RemoveTagKeys.length > MAX_PER_CALL) {
        throw invalidInput(`A call can add or remove at most ${MAX_PER_CALL} tags`);
      }
      zone.tags = merged(without(zone.tags, RemoveTagKeys), AddTags);
      return {};
    },
  },

  ListTagsForResource: {
    inputMembers: ['ResourceType', 'ResourceId'],
    run({ ResourceType, ResourceId }, region) {
      return { ResourceTagSet: tagSet(taggedZone(region, ResourceType, ResourceId)) };
    },
  },

  /** An unknown zone fails the whole call. */
  ListTagsForResources: {
    inputMembers: ['ResourceType', 'ResourceIds'],
    run({ ResourceType, ResourceIds = [] }, region) {
      if (ResourceIds.length === 0 || ResourceIds.length > MAX_PER_CALL) {
        throw invalidInput(`Between 1 and ${MAX_PER_CALL} resource IDs must be specified`);
      }
      return { ResourceTagSets: ResourceIds.map((id) => tagSet(taggedZone(region, ResourceType, id))) };
    },
  },
} satisfies Operations<typeof Route53>;
