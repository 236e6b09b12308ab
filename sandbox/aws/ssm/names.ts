/** The names of parameters, and the references to them: a name or an ARN, with or without a version or a label. */
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import {
  invalidRequest,
  labelNotFound,
  parameterNotFound,
  tooManyLevels,
  versionNotFound,
} from './errors.ts';
import type { ParameterRow, ParameterVersionRow } from './store.ts';

const MAX_LEVELS = 15;

const NAME_RULE =
  'If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';

const isWellFormed = (name: string): boolean => /^\/?[\w.-]+(\/[\w.-]+)*$/.test(name);

/**
 * Returns the name of a new parameter, without the spaces around it.
 * @throws ValidationException, HierarchyLevelLimitExceededException; AccessDeniedException for a path that AWS reserves
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 */
export function checkNewName(given = ''): string {
  const name = given.trim();
  if (/^\/aws\//i.test(name))
    throw refusal('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  if (/^\/?(aws|ssm)/i.test(name))
    throw invalidRequest(
      `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive). ${NAME_RULE}`,
    );
  if (!isWellFormed(name))
    throw invalidRequest(`Parameter name: can't be prefixed with "ssm" (case-insensitive). ${NAME_RULE}`);
  if (name.includes('/') && !name.startsWith('/'))
    throw invalidRequest('Parameter name must be a fully qualified name.');
  if (name.split('/').filter(Boolean).length > MAX_LEVELS) throw tooManyLevels(MAX_LEVELS);
  return name;
}

/** Returns the ARN of a parameter. A leading slash of the name leaves no trace in it. */
export const parameterArn = (region: Region, name: string): string =>
  region.arn('ssm', `parameter/${name.replace(/^\//, '')}`);

/** A reference: the name, and the version or the label after a colon. */
interface Reference {
  readonly name: string;
  readonly selector: string | undefined;
}

/** Reads a reference, and finds the name for an ARN. @throws ValidationException */
function parseReference(region: Region, reference: string): Reference {
  const [, arn, arnSelector] =
    /^(arn:[^:]+:ssm:[^:]*:[^:]*:parameter\/[^:]+)(?::(.+))?$/.exec(reference) ?? [];
  if (arn !== undefined) {
    const row = region.ssm.parameters.find((parameter) => parameter.arn === arn);
    return { name: row?.name ?? '', selector: arnSelector };
  }
  const [, name = '', selector] = /^([^:]*)(?::(.+))?$/s.exec(reference) ?? [];
  if (!isWellFormed(name))
    throw invalidRequest(`Parameter name: can't be prefixed with "ssm" (case-insensitive). ${NAME_RULE}`);
  return { name, selector };
}

/** A version of a parameter. */
export interface SelectedVersion {
  readonly parameter: ParameterRow;
  readonly version: ParameterVersionRow;
  /** `:3` or `:label`, if the reference has one. */
  readonly selector: string | undefined;
}

/** Returns the parameter with the given name or ARN. @throws ParameterNotFound, ValidationException */
export function parameterOf(region: Region, reference = ''): ParameterRow {
  const row = region.ssm.parameters.get(parseReference(region, reference.trim()).name);
  if (!row) throw parameterNotFound();
  return row;
}

/** Returns the newest version of a parameter. */
export const newestVersion = ({ versions }: ParameterRow): ParameterVersionRow =>
  versions.at(-1) as ParameterVersionRow;

/**
 * Returns the version that a reference selects; without a selector, the newest.
 * @throws ParameterNotFound, ParameterVersionNotFound, ValidationException
 */
export function selectVersion(region: Region, reference = ''): SelectedVersion {
  const { name, selector } = parseReference(region, reference.trim());
  const parameter = region.ssm.parameters.get(name);
  if (!parameter) throw parameterNotFound();
  if (selector === undefined) return { parameter, version: newestVersion(parameter), selector };
  const version = parameter.versions.find((one) =>
    /^\d+$/.test(selector) ? one.version === Number(selector) : one.labels.includes(selector),
  );
  if (version) return { parameter, version, selector: `:${selector}` };
  throw /^\d+$/.test(selector) ? versionNotFound(selector, name) : labelNotFound(selector, name);
}
