/** Tags of EC2 resources: create calls contain them in tag specifications, and rows store them. */
import type { ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { refusal } from '../../protocol/refusal.ts';
import { CAPITALISED, tagging } from '../tagging.ts';
import { invalidParameter } from './errors.ts';

/** A row with tags. Network interfaces store their tags in `TagSet`. */
export interface Tagged {
  Tags?: Tag[];
  TagSet?: Tag[];
}

/** Returns the tags of a row of any kind. */
export const tagsOfRow = ({ Tags, TagSet }: Tagged): Tag[] => Tags ?? TagSet ?? [];

/** Returns a row without the member `Tags` if there are no tags: for some kinds, AWS then omits the list. */
export function withoutEmptyTags<Row extends { Tags?: Tag[] }>(
  row: Row,
): Omit<Row, 'Tags'> & { Tags?: Tag[] } {
  const { Tags, ...others } = row;
  return Tags?.length ? { ...others, Tags } : others;
}

/**
 * Returns the tags that a create call specifies for the new resource.
 * @param table the table of the new resource
 * @throws InvalidParameterValue if a specification is for another kind of resource
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TagSpecification.html
 */
export function tagsFor(
  { kind }: { readonly kind: { readonly tagType: ResourceType } },
  specifications: TagSpecification[] | undefined,
): Tag[] {
  for (const { ResourceType } of specifications ?? []) {
    if (ResourceType !== kind.tagType) {
      throw invalidParameter(`'${ResourceType}' is not a valid taggable resource type for this operation.`);
    }
  }
  return mergeTags(
    [],
    (specifications ?? []).flatMap(({ Tags }) => Tags ?? []),
  );
}

/** The tag rules of EC2: keys that start with `aws:` are reserved. */
const { merged } = tagging({
  notation: CAPITALISED,
  check(key) {
    if (key && !key.startsWith('aws:')) return;
    throw invalidParameter(
      `Value ( ${key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for system use`,
    );
  },
  tooMany: () => refusal('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.'),
});

/** Returns the tags after an upsert. @throws InvalidParameterValue, TagLimitExceeded */
export const mergeTags = merged;
