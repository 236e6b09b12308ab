/** Record sets: listed in order of name, and changed in batches. A batch takes effect completely or not at all. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { Change } from '@aws-sdk/client-route-53';
import type { Operations } from '../../operations.ts';
import { submitChange } from './changes.ts';
import { invalidChangeBatch, invalidInput, notInEnumeration, tooLong } from './errors.ts';
import { rowOf } from '../finder.ts';
import { applyChange, compareRecords } from './batch.ts';
import { normalName } from './names.ts';
import { firstPage } from './paging.ts';
import { readRecord } from './record-checks.ts';
import type { HostedZoneRow } from './store.ts';

const MAX_PAGE_SIZE = 300;
const MAX_RECORDS = 1000;
const MAX_CHARACTERS = 32_000;
const MAX_COMMENT_LENGTH = 256;
const ACTIONS = ['CREATE', 'DELETE', 'UPSERT'];

/** Checks the size of a batch. An UPSERT counts twice. */
function checkSize(changes: readonly Change[]): void {
  let recordCount = 0;
  let characterCount = 0;
  for (const { Action, ResourceRecordSet } of changes) {
    const times = Action === 'UPSERT' ? 2 : 1;
    const values = (ResourceRecordSet?.ResourceRecords ?? []).map(({ Value = '' }) => Value);
    recordCount += times * Math.max(values.length, 1);
    characterCount += times * values.join('').length;
  }
  if (recordCount > MAX_RECORDS)
    throw invalidChangeBatch([`Number of records limit of ${MAX_RECORDS} exceeded.`]);
  if (characterCount > MAX_CHARACTERS) {
    throw invalidChangeBatch([`Number of characters limit of ${MAX_CHARACTERS} exceeded.`]);
  }
}

export const recordSetOperations = {
  /** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html */
  ChangeResourceRecordSets: {
    inputMembers: ['HostedZoneId', 'ChangeBatch'],
    run({ HostedZoneId, ChangeBatch: { Changes = [], Comment } = { Changes: [] } }, region) {
      const zone = rowOf(region.route53.zones, HostedZoneId);
      if (Changes.length === 0) throw invalidInput('Invalid request: a batch must have at least one change');
      if (Comment && Comment.length > MAX_COMMENT_LENGTH) {
        throw tooLong(Comment, MAX_COMMENT_LENGTH, 'ResourceDescription');
      }
      const unknown = Changes.find(({ Action }) => !ACTIONS.includes(Action ?? ''));
      if (unknown) throw notInEnumeration(unknown.Action, ACTIONS);
      const changes = Changes.map((change) => ({ action: change.Action, record: readRecord(change) }));
      checkSize(Changes);
      const draft: HostedZoneRow = { ...zone, records: [...zone.records] };
      const faults = changes.flatMap((change, index) =>
        applyChange(region, draft, change, changes.slice(0, index)),
      );
      if (faults.length > 0) throw invalidChangeBatch(faults);
      zone.records = draft.records;
      return { ChangeInfo: submitChange(region, Comment) };
    },
  },

  /** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html */
  ListResourceRecordSets: {
    inputMembers: ['HostedZoneId', 'StartRecordName', 'StartRecordType', 'StartRecordIdentifier', 'MaxItems'],
    run(input, region) {
      const zone = rowOf(region.route53.zones, input.HostedZoneId);
      const { StartRecordName, StartRecordType, StartRecordIdentifier } = input;
      if (StartRecordType !== undefined && StartRecordName === undefined) {
        throw invalidInput('A record type can be specified only together with a record name');
      }
      if (StartRecordIdentifier !== undefined && StartRecordType === undefined) {
        throw invalidInput('A record identifier can be specified only together with a record name and type');
      }
      const start = {
        Name: normalName(StartRecordName ?? '.'),
        Type: StartRecordType,
        SetIdentifier: StartRecordIdentifier,
      };
      const sorted = zone.records.filter((record) => compareRecords(record, start) >= 0).sort(compareRecords);
      const { page, next, IsTruncated, MaxItems } = firstPage(sorted, input.MaxItems, MAX_PAGE_SIZE);
      return {
        ResourceRecordSets: page,
        IsTruncated,
        NextRecordName: next?.Name,
        NextRecordType: next?.Type,
        NextRecordIdentifier: next?.SetIdentifier,
        MaxItems,
      };
    },
  },
} satisfies Operations<typeof Route53>;
