/** Parameters: stored version by version, and deleted by name. */
import type * as Ssm from '@aws-sdk/client-ssm';
import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import type { Caller, Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import {
  invalidRequest,
  oldestVersionHasLabel,
  parameterExists,
  parameterNotFound,
  typeCannotChange,
} from './errors.ts';
import { checkNewName, newestVersion, parameterArn } from './names.ts';
import type { ParameterRow, ParameterVersionRow } from './store.ts';
import { mergedTags } from './tags.ts';
import { checkDataType, checkPattern, checkValue, keyFor } from './values.ts';

/** The number of versions that a parameter keeps. */
const MAX_VERSIONS = 100;

/** Makes the next version of a parameter from a request. @throws the refusals of the value, the key and the type */
function nextVersion(
  input: PutParameterRequest,
  existing: ParameterRow | undefined,
  region: Region,
  caller: Caller,
): ParameterVersionRow {
  const current = existing && newestVersion(existing);
  const type = input.Type ?? current?.type;
  if (type === undefined) throw invalidRequest('A parameter type is required when you create a parameter.');
  if (current && current.type !== type) throw typeCannotChange();
  const tier = checkValue(input.Value, input.Tier, current);
  // An empty pattern, which Terraform sends, is no pattern.
  const allowedPattern = (input.AllowedPattern ?? current?.allowedPattern) || undefined;
  checkPattern(input.Value ?? '', allowedPattern);
  return {
    version: (current?.version ?? 0) + 1,
    value: input.Value ?? '',
    type,
    keyId: keyFor(type, input.KeyId),
    description: (input.Description ?? current?.description) || undefined,
    allowedPattern,
    tier,
    dataType: checkDataType(input.DataType),
    modifiedAt: region.now(),
    modifiedBy: caller.arn,
    labels: [],
  };
}

/** Adds a version, and drops the oldest if there are too many. @throws ParameterMaxVersionLimitExceeded */
function addVersion(row: ParameterRow, version: ParameterVersionRow): void {
  const [oldest] = row.versions;
  if (oldest && row.versions.length >= MAX_VERSIONS) {
    if (oldest.labels.length > 0) throw oldestVersionHasLabel(row.name, oldest.version);
    row.versions.shift();
  }
  row.versions.push(version);
}

export const parameterOperations = {
  PutParameter: {
    inputMembers: [
      'Name',
      'Description',
      'Value',
      'Type',
      'KeyId',
      'Overwrite',
      'AllowedPattern',
      'Tags',
      'Tier',
      'DataType',
    ],
    run(input, region, caller) {
      const name = checkNewName(input.Name);
      if (input.Overwrite && input.Tags?.length)
        throw invalidRequest(
          "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
        );
      const existing = region.ssm.parameters.get(name);
      if (existing && !input.Overwrite) throw parameterExists();
      const version = nextVersion(input, existing, region, caller);
      if (existing) addVersion(existing, version);
      else {
        const arn = parameterArn(region, name);
        region.ssm.parameters.set(name, { name, arn, versions: [version], tags: mergedTags([], input.Tags) });
      }
      return { Version: version.version, Tier: version.tier };
    },
  },

  DeleteParameter: {
    inputMembers: ['Name'],
    run(input, region) {
      if (!region.ssm.parameters.delete((input.Name ?? '').trim())) throw parameterNotFound();
      return {};
    },
  },

  DeleteParameters: {
    inputMembers: ['Names'],
    run(input, region) {
      const names = [...new Set(input.Names)];
      const deleted = names.filter((name) => region.ssm.parameters.delete(name.trim()));
      return {
        DeletedParameters: deleted,
        InvalidParameters: names.filter((name) => !deleted.includes(name)),
      };
    },
  },
} satisfies Operations<typeof Ssm>;
