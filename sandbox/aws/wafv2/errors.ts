/** The refusals of WAF. Section 10d of docs/aws-semantics.md lists their sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

/** The part of a request that WAF refuses, as its errors name it. */
type Field =
  | 'IP_ADDRESS'
  | 'IP_SET_REFERENCE_STATEMENT'
  | 'RESOURCE_ARN'
  | 'RULE'
  | 'RULE_ACTION'
  | 'SCOPE_VALUE'
  | 'STATEMENT'
  | 'TAG_KEYS'
  | 'WEB_ACL';

export const invalidParameter = (reason: string, Field: Field, Parameter: string): Refusal =>
  refusal(
    'WAFInvalidParameterException',
    `Error reason: ${reason}, field: ${Field}, parameter: ${Parameter}`,
    400,
    { Field, Parameter, Reason: reason },
  );

export const invalidArn = (arn: string): Refusal =>
  invalidParameter(
    "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes.",
    'RESOURCE_ARN',
    arn,
  );

export const itemNotFound = (): Refusal =>
  refusal(
    'WAFNonexistentItemException',
    'AWS WAF couldn\u2019t perform the operation because your resource doesn\u2019t exist.',
  );

export const entityUnavailable = (): Refusal =>
  refusal(
    'WAFUnavailableEntityException',
    'AWS WAF couldn\u2019t retrieve the resource that you requested. Retry your request.',
  );

export const itemAssociated = (): Refusal =>
  refusal(
    'WAFAssociatedItemException',
    'AWS WAF couldn\u2019t perform the operation because your resource is being used by another resource or it\u2019s associated with another resource.',
  );

export const duplicateItem = (): Refusal =>
  refusal(
    'WAFDuplicateItemException',
    'AWS WAF couldn\u2019t perform the operation because some resource in your request is a duplicate of an existing one.',
  );

export const staleLockToken = (): Refusal =>
  refusal(
    'WAFOptimisticLockException',
    'AWS WAF couldn\u2019t save your changes because someone changed the resource after you started to edit it. Reapply your changes.',
  );

export const tooManyTags = (): Refusal =>
  refusal('WAFTagOperationException', 'An error occurred during the tagging operation. Retry your request.');

/** The refusal of a feature that the sandbox does not support, in the same form as for an unsupported parameter. */
export const notImplemented = (what: string): Refusal =>
  refusal('NotImplemented', `The sandbox does not support ${what} in wafv2 yet`, 501);
