/** Labels of versions. A label belongs to one version of a parameter, and can move to another. */
import type * as Ssm from '@aws-sdk/client-ssm';
import type { Operations } from '../../operations.ts';
import { labelLimitExceeded, versionNotFound } from './errors.ts';
import { newestVersion, parameterOf } from './names.ts';
import type { ParameterRow, ParameterVersionRow } from './store.ts';

const MAX_LABELS = 10;

/** @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html */
const isLabel = (label: string): boolean => /^[A-Za-z_.-][\w.-]*$/.test(label) && !/^(aws|ssm)/i.test(label);

/** @throws ParameterVersionNotFound */
function versionOf(row: ParameterRow, number: number | undefined): ParameterVersionRow {
  if (number === undefined) return newestVersion(row);
  const version = row.versions.find((one) => one.version === number);
  if (!version) throw versionNotFound(number, row.name);
  return version;
}

export const labelOperations = {
  LabelParameterVersion: {
    inputMembers: ['Name', 'ParameterVersion', 'Labels'],
    run(input, region) {
      const row = parameterOf(region, input.Name);
      const version = versionOf(row, input.ParameterVersion);
      const given = input.Labels ?? [];
      const labels = given.filter(isLabel);
      const all = [...new Set([...version.labels, ...labels])];
      if (all.length > MAX_LABELS) throw labelLimitExceeded();
      for (const other of row.versions)
        other.labels = other.labels.filter((label) => !labels.includes(label));
      version.labels = all;
      return {
        InvalidLabels: given.filter((label) => !isLabel(label)),
        ParameterVersion: version.version,
      };
    },
  },
  UnlabelParameterVersion: {
    inputMembers: ['Name', 'ParameterVersion', 'Labels'],
    run(input, region) {
      const version = versionOf(parameterOf(region, input.Name), input.ParameterVersion);
      const given = input.Labels ?? [];
      const removed = given.filter((label) => version.labels.includes(label));
      version.labels = version.labels.filter((label) => !removed.includes(label));
      return { RemovedLabels: removed, InvalidLabels: given.filter((label) => !removed.includes(label)) };
    },
  },
} satisfies Operations<typeof Ssm>;
