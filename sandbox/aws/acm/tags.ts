/** Tags of certificates. */
import type * as ACM from '@aws-sdk/client-acm';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import { CAPITALISED, tagging } from '../tagging.ts';
import { certificateByArn } from './arns.ts';
import { invalidTag } from './errors.ts';

const { merged, without } = tagging({
  notation: CAPITALISED,
  check(key, value) {
    if (key.startsWith('aws:') || value.startsWith('aws:'))
      throw invalidTag(`Tag keys and values must not start with 'aws:': ${key}`);
  },
  tooMany: (max) => refusal('TooManyTagsException', `A certificate can have at most ${max} tags`),
});

/** Returns the tags after an upsert. @throws InvalidTagException, TooManyTagsException */
export const mergeTags = merged;

export const tagOperations = {
  /** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_AddTagsToCertificate.html */
  AddTagsToCertificate: {
    inputMembers: ['CertificateArn', 'Tags'],
    run({ CertificateArn, Tags }, region) {
      const row = certificateByArn(region, CertificateArn);
      row.tags = mergeTags(row.tags, Tags);
      return {};
    },
  },

  /** A tag with a value is removed only if it has that value. */
  RemoveTagsFromCertificate: {
    inputMembers: ['CertificateArn', 'Tags'],
    run({ CertificateArn, Tags = [] }, region) {
      const row = certificateByArn(region, CertificateArn);
      const removed = Tags.filter(
        ({ Key, Value }) =>
          Value === undefined || row.tags.some((tag) => tag.Key === Key && tag.Value === Value),
      );
      row.tags = without(
        row.tags,
        removed.map(({ Key = '' }) => Key),
      );
      return {};
    },
  },

  ListTagsForCertificate: {
    inputMembers: ['CertificateArn'],
    run: ({ CertificateArn }, region) => ({ Tags: certificateByArn(region, CertificateArn).tags }),
  },
} satisfies Operations<typeof ACM>;
