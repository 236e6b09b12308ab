/** Tags of EC2: given in the create call as tag specifications, kept on the row, filtered by. */
import type { ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { refusal } from '../../protocol/refusal.ts';
import { invalidParameter } from './errors.ts';

const MOST = 50;

/** A row with tags: network interfaces call them `TagSet`. */
export interface Tagged {
  Tags?: Tag[];
  TagSet?: Tag[];
}

/** The tags of any row. */
export const tagsOf = ({ Tags, TagSet }: Tagged): Tag[] => Tags ?? TagSet ?? [];

/**
 * Returns the tags that a create call gives to the one kind that it creates.
 * @param table the table of that kind
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

/** The tags after an upsert. */
export function mergeTags(existing: Tag[] | undefined, added: Tag[]): Tag[] {
  const merged = new Map((existing ?? []).map((tag) => [tag.Key, tag]));
  for (const { Key, Value = '' } of added) {
    if (!Key || Key.startsWith('aws:')) {
      throw invalidParameter(
        `Value ( ${Key ?? ''} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for system use`,
      );
    }
    merged.set(Key, { Key, Value });
  }
  if (merged.size > MOST) {
    throw refusal('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
  }
  return [...merged.values()];
}
