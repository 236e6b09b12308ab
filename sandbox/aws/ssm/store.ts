/** The table of Parameter Store in one region. */
import type { ParameterTier, ParameterType, Tag } from '@aws-sdk/client-ssm';
import { CONSISTENT_RESOURCE, Table } from '../../world/table.ts';

/** One version of a parameter. */
export interface ParameterVersionRow {
  version: number;
  value: string;
  type: ParameterType;
  /** The key that encrypts the value; only of a SecureString. */
  keyId?: string | undefined;
  description?: string | undefined;
  allowedPattern?: string | undefined;
  tier: ParameterTier;
  dataType: string;
  modifiedAt: Date;
  /** The ARN of the caller that stored it. */
  modifiedBy: string;
  labels: string[];
}

export interface ParameterRow {
  /** With its leading slash, if it has one. */
  name: string;
  arn: string;
  /** The oldest version first; there is at least one. */
  versions: ParameterVersionRow[];
  tags: Tag[];
}

export const ssmStore = () => ({
  /** Keyed by name. */
  parameters: new Table<ParameterRow>(CONSISTENT_RESOURCE),
});
