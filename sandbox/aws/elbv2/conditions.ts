/** Checks the conditions of rules, and converts them to the form in which AWS shows them. */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { checkConfig, CONFIG_MEMBERS, type ConditionConfig, type Field } from './condition-values.ts';
import { validation } from './errors.ts';
import { checkQuota } from './limits.ts';

/** The fields that only one condition of a rule can have. That condition may have several values. */
const SINGLE_CONDITION_FIELDS: readonly string[] = [
  'path-pattern',
  'host-header',
  'http-request-method',
  'source-ip',
];

/**
 * Checks the conditions of a call, and returns them in AWS's full form.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function checkConditions(conditions: RuleCondition[] | undefined): RuleCondition[] {
  if (!conditions?.length) throw validation('A condition must be specified');
  const checked = conditions.map(checkCondition);
  for (const field of SINGLE_CONDITION_FIELDS) {
    if (checked.filter(({ Field }) => Field === field).length > 1) {
      throw validation(`A rule can only have one '${field}' condition`);
    }
  }
  const values = checked.flatMap(valuesOf);
  const regexes = checked.flatMap((condition) => configOf(condition)?.RegexValues ?? []);
  checkQuota('condition-values-per-alb-rule', values.length + regexes.length);
  checkQuota('condition-wildcards-per-alb-rule', values.join('').match(/[*?]/g)?.length ?? 0);
  return checked;
}

function checkCondition(condition: RuleCondition): RuleCondition {
  const { Field: field, Values: legacyValues, RegexValues, ...configs } = condition;
  if (!field) throw validation('A condition field must be specified');
  if (!isField(field)) {
    throw validation(
      `Condition field '${field}' must be one of '[${Object.keys(CONFIG_MEMBERS).join(', ')}]'`,
    );
  }
  const configMember = CONFIG_MEMBERS[field];
  const otherConfig = Object.entries(configs).find(
    ([key, value]) => key !== configMember && value !== undefined,
  );
  if (otherConfig) throw validation(`The '${otherConfig[0]}' field is not compatible with '${field}'`);
  const config: ConditionConfig | undefined = configs[configMember];
  if (legacyValues !== undefined || RegexValues !== undefined) {
    return fromLegacy(field, { Values: legacyValues, RegexValues }, config);
  }
  if (!config) throw missingConfig(field);
  checkConfig(field, config);
  return fullCondition(field, config);
}

/** Reads the legacy notation, which has one value outside of a configuration. Several values require a configuration. */
function fromLegacy(
  field: Field,
  legacy: ConditionConfig,
  config: ConditionConfig | undefined,
): RuleCondition {
  if (field !== 'path-pattern' && field !== 'host-header') {
    throw validation(`The 'Values' field is not compatible with '${field}'`);
  }
  if (config) {
    throw validation(
      `You cannot provide both Values and '${CONFIG_MEMBERS[field]}' for a condition of type '${field}'`,
    );
  }
  if ((legacy.Values?.length ?? 0) > 1) {
    throw validation(`The '${field}' field contains too many values; the limit is '1'`);
  }
  checkConfig(field, legacy);
  return fullCondition(field, legacy);
}

/** Returns a condition as AWS shows it: paths and hosts appear in both notations. */
function fullCondition(field: Field, { Values, RegexValues, ...more }: ConditionConfig): RuleCondition {
  const config = { ...more, ...(Values ? { Values } : {}), ...(RegexValues ? { RegexValues } : {}) };
  const hasBothNotations = field === 'path-pattern' || field === 'host-header';
  return {
    Field: field,
    ...(hasBothNotations && Values ? { Values } : {}),
    [CONFIG_MEMBERS[field]]: config,
  } as RuleCondition;
}

const isField = (field: string): field is Field => Object.hasOwn(CONFIG_MEMBERS, field);
const missingConfig = (field: Field) =>
  validation(`A '${CONFIG_MEMBERS[field]}' must be specified with '${field}'`);

const configOf = (condition: RuleCondition): ConditionConfig | undefined =>
  condition[CONFIG_MEMBERS[condition.Field as Field]];

const valuesOf = (condition: RuleCondition): string[] =>
  (configOf(condition)?.Values ?? []).map((value) =>
    typeof value === 'string' ? value : `${value.Key ?? ''}${value.Value ?? ''}`,
  );
