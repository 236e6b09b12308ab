/** Reads parameters: by name, by path, and all versions of one of them. */
import type * as Ssm from '@aws-sdk/client-ssm';
import type { Operations } from '../../operations.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { pageOf, type PageRules } from '../paging.ts';
import { invalidPageToken, invalidRequest } from './errors.ts';
import { filterTest, olderFilterTest } from './filters.ts';
import { newestVersion, parameterOf, selectVersion, type SelectedVersion } from './names.ts';
import { isSecretReference, secretAsParameter } from './secret-references.ts';
import { parameterView } from './values.ts';

const PATH_PAGES: PageRules = { defaultSize: 10, invalidToken: invalidPageToken };
const PAGES: PageRules = { defaultSize: 50, invalidToken: invalidPageToken };

const byParameterName = (one: { name: string }, other: { name: string }): number =>
  one.name < other.name ? -1 : 1;

/** Returns a version if the reference names one; undefined for a parameter or a version that does not exist. */
function selectedIfFound(region: Region, reference: string): SelectedVersion | undefined {
  try {
    return selectVersion(region, reference);
  } catch (error) {
    if (error instanceof Refusal && /^Parameter(Version)?NotFound$/.test(error.code)) return undefined;
    throw error;
  }
}

export const parameterReads = {
  GetParameter: {
    inputMembers: ['Name', 'WithDecryption'],
    run(input, region) {
      if (isSecretReference(input.Name))
        return { Parameter: secretAsParameter(region, input.Name ?? '', input.WithDecryption) };
      return { Parameter: parameterView(selectVersion(region, input.Name), input.WithDecryption) };
    },
  },

  /** Missing parameters are listed, and are no error. */
  GetParameters: {
    inputMembers: ['Names', 'WithDecryption'],
    run(input, region) {
      const found = [...new Set(input.Names)].map((name) => ({
        name,
        selected: selectedIfFound(region, name),
      }));
      return {
        Parameters: found.flatMap(({ selected }) =>
          selected ? [parameterView(selected, input.WithDecryption)] : [],
        ),
        InvalidParameters: found.filter(({ selected }) => !selected).map(({ name }) => name),
      };
    },
  },

  GetParametersByPath: {
    inputMembers: ['Path', 'Recursive', 'ParameterFilters', 'WithDecryption', 'MaxResults', 'NextToken'],
    run(input, region) {
      const path = input.Path ?? '';
      if (!/^\/([\w.-]+\/?)*$/.test(path))
        throw invalidRequest(
          'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
        );
      const isBelow = filterTest(
        [{ Key: 'Path', Option: input.Recursive ? 'Recursive' : 'OneLevel', Values: [path] }],
        ['Path'],
      );
      const passes = filterTest(input.ParameterFilters, ['Type', 'KeyId', 'Label']);
      const rows = region.ssm.parameters
        .filter((row) => row.name.startsWith('/') && isBelow(row) && passes(row))
        .sort(byParameterName);
      const { rows: shown, next } = pageOf(rows, input.MaxResults, input.NextToken, PATH_PAGES);
      return {
        Parameters: shown.map((parameter) =>
          parameterView(
            { parameter, version: newestVersion(parameter), selector: undefined },
            input.WithDecryption,
          ),
        ),
        NextToken: next,
      };
    },
  },

  /** The values are not part of the answer. */
  DescribeParameters: {
    inputMembers: ['Filters', 'ParameterFilters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const keys = ['Name', 'Type', 'KeyId', 'Path', 'Label', 'Tier', 'DataType', 'tag'];
      if (input.Filters?.length && input.ParameterFilters?.length)
        throw invalidRequest('You can use either Filters or ParameterFilters in a single request.');
      const passes = filterTest(input.ParameterFilters, keys);
      const passesOlder = olderFilterTest(input.Filters);
      const rows = region.ssm.parameters
        .filter((row) => passes(row) && passesOlder(row))
        .sort(byParameterName);
      const { rows: shown, next } = pageOf(rows, input.MaxResults, input.NextToken, PAGES);
      return {
        Parameters: shown.map((row) => {
          const version = newestVersion(row);
          return {
            Name: row.name,
            ARN: row.arn,
            Type: version.type,
            KeyId: version.keyId,
            LastModifiedDate: version.modifiedAt,
            LastModifiedUser: version.modifiedBy,
            Description: version.description,
            AllowedPattern: version.allowedPattern,
            Version: version.version,
            Tier: version.tier,
            Policies: [],
            DataType: version.dataType,
          };
        }),
        NextToken: next,
      };
    },
  },

  GetParameterHistory: {
    inputMembers: ['Name', 'WithDecryption', 'MaxResults', 'NextToken'],
    run(input, region) {
      const parameter = parameterOf(region, input.Name);
      const { rows, next } = pageOf(parameter.versions, input.MaxResults, input.NextToken, PAGES);
      return {
        Parameters: rows.map((version) => {
          const { Name, Type, Value, Version, LastModifiedDate, DataType } = parameterView(
            { parameter, version, selector: undefined },
            input.WithDecryption,
          );
          return {
            ...{ Name, Type, Value, Version, LastModifiedDate, DataType },
            KeyId: version.keyId,
            LastModifiedUser: version.modifiedBy,
            Description: version.description,
            AllowedPattern: version.allowedPattern,
            Labels: version.labels,
            Tier: version.tier,
            Policies: [],
          };
        }),
        NextToken: next,
      };
    },
  },
} satisfies Operations<typeof Ssm>;
