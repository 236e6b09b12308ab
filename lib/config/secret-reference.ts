/** References to secrets in a configuration: `ssm:/shop/db`, `secretsmanager:shop/keys#api`, or an ARN. Pure. */
import type { FieldRule } from './field-rules.ts';

/** A parsed reference. */
export interface SecretReference {
  readonly service: 'ssm' | 'secretsmanager';
  /** The name, or the ARN without a JSON key, a version or a label. */
  readonly id: string;
  /** The member of a secret whose value is JSON. */
  readonly key?: string | undefined;
  /** The version or the label of a parameter, or the staging label of a secret. */
  readonly label?: string | undefined;
  /** The id of a version of a secret. */
  readonly versionId?: string | undefined;
}

const PARAMETER_NAME = /^(?!\/?(?:aws|ssm))(?:\/[\w.-]+)+$|^(?!aws|ssm)[\w.-]+$/i;
const SECRET_NAME = /^[\w/+=.@!-]{1,512}$/;
const PARAMETER_ARN = /^(arn:[\w-]+:ssm:[\w-]+:\d{12}:parameter\/[\w./-]+)(?::([\w.-]+))?$/;
const SECRET_ARN =
  /^(arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@!-]+)(?:#(.+)|:([^:]*):([^:]*):([^:]*))?$/;

/** Parses a reference; undefined if it is malformed. */
export function parseSecretReference(text: string): SecretReference | undefined {
  const [, parameterArn, selector] = PARAMETER_ARN.exec(text) ?? [];
  if (parameterArn !== undefined) return { service: 'ssm', id: parameterArn, label: selector };
  const [, secretArn, member, key, stage, version] = SECRET_ARN.exec(text) ?? [];
  if (secretArn !== undefined && !isJsonKey(member)) return undefined;
  if (secretArn !== undefined)
    return {
      service: 'secretsmanager',
      id: secretArn,
      key: member ?? (key || undefined),
      label: stage || undefined,
      versionId: version || undefined,
    };
  const [, service, rest = ''] = /^(ssm|secretsmanager):(.*)$/s.exec(text) ?? [];
  if (service === 'ssm') return PARAMETER_NAME.test(rest) ? { service, id: rest } : undefined;
  if (service !== 'secretsmanager') return undefined;
  const [, name = '', jsonKey] = /^([^#]*)(?:#(.+))?$/s.exec(rest) ?? [];
  const isValid =
    SECRET_NAME.test(name) && !(rest.endsWith('#') && jsonKey === undefined) && isJsonKey(jsonKey);
  return isValid ? { service, id: name, key: jsonKey } : undefined;
}

/** ECS separates the parts of a reference with colons, so that a key cannot contain one. */
const isJsonKey = (key: string | undefined): boolean => key === undefined || !/[:\0]/.test(key);

const EXAMPLES =
  'Use ssm: and the name of a parameter, secretsmanager: and the name of a secret, or an ARN, e.g. ssm:/shop/db or secretsmanager:shop/keys#api.';

/** The rule for the reference of a variable. The value of a secret never belongs in a configuration. */
export const secretReference: FieldRule = (text) => {
  const parsed = parseSecretReference(text);
  if (parsed?.label !== undefined && parsed.versionId !== undefined)
    return 'Use either a staging label or the id of a version, not both.';
  if (parsed) return undefined;
  if (/^ssm:.*[#:]/s.test(text))
    return 'Leave out what follows the name: only secrets of Secrets Manager have keys.';
  if (/^ssm:\/?(aws|ssm)/i.test(text))
    return 'Use another name: AWS reserves names that begin with aws or ssm.';
  if (/^ssm:/.test(text))
    return 'Use letters, digits and _ . - in the name of the parameter, and begin a path with a slash, e.g. ssm:/shop/db.';
  if (/^secretsmanager:.*:/s.test(text))
    return 'Write the key after #, e.g. secretsmanager:shop/keys#api; a version needs the ARN of the secret.';
  return EXAMPLES;
};

/** The rule for the credentials of a registry: a secret as a whole, since ECS reads its members. */
export const registrySecret: FieldRule = (text) => {
  const parsed = parseSecretReference(text);
  if (parsed?.service === 'secretsmanager' && parsed.key === undefined && !parsed.label && !parsed.versionId)
    return undefined;
  return parsed?.service === 'secretsmanager'
    ? 'Name the secret without a key or a version: ECS reads its username and password.'
    : 'Use secretsmanager: and the name of a secret with a username and a password, e.g. secretsmanager:shop/registry.';
};
