/** The account setting that lets a push take over layers from another repository. The sandbox has no other setting. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { invalidParameter, notImplemented } from './errors.ts';

const BLOB_MOUNTING = 'BLOB_MOUNTING';
const VALUES = ['ENABLED', 'DISABLED'];

/** @throws NotImplemented for any other setting */
function checkName(name: string | undefined): void {
  if (name !== BLOB_MOUNTING) throw notImplemented(`account setting ${name ?? ''}`);
}

const valueOf = ({ ecr }: Region): string => ecr.accountSettings.get(BLOB_MOUNTING)?.value ?? 'DISABLED';

/** Whether a push may take over layers from another repository of the registry. */
export const canMountBlobs = (region: Region): boolean => valueOf(region) === 'ENABLED';

export const accountSettingOperations = {
  /** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html */
  PutAccountSetting: {
    inputMembers: ['name', 'value'],
    run({ name, value = '' }, region) {
      checkName(name);
      if (!VALUES.includes(value)) throw invalidParameter('value', `must be one of ${VALUES.join(', ')}`);
      region.ecr.accountSettings.set(BLOB_MOUNTING, { value });
      return { name, value };
    },
  },
  GetAccountSetting: {
    inputMembers: ['name'],
    run({ name }, region) {
      checkName(name);
      return { name, value: valueOf(region) };
    },
  },
} satisfies Operations<typeof ECR>;
