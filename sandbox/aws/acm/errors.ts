/** The refusals of Certificate Manager. Section 10 of docs/aws-semantics.md lists their codes and sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const invalidParameter = (message: string): Refusal => refusal('InvalidParameterException', message);
export const invalidArn = (arn: string): Refusal =>
  refusal('InvalidArnException', `The Amazon Resource Name (ARN) '${arn}' is not valid.`);
export const certificateNotFound = (arn: string): Refusal =>
  refusal('ResourceNotFoundException', `Could not find certificate ${arn}.`);
/** Recorded in AlexsLemonade/refinebio#2914. */
export const certificateInUse = (arn: string, account: string): Refusal =>
  refusal('ResourceInUseException', `Certificate ${arn} in account ${account} is in use.`);
export const requestInProgress = (arn: string): Refusal =>
  refusal('RequestInProgressException', `Certificate request for ${arn} has not yet been issued.`);
export const invalidState = (message: string): Refusal => refusal('InvalidStateException', message);
export const limitExceeded = (message: string): Refusal => refusal('LimitExceededException', message);
export const invalidTag = (message: string): Refusal => refusal('InvalidTagException', message);
export const invalidDomain = (message: string): Refusal =>
  refusal('InvalidDomainValidationOptionsException', message);
export const invalidArguments = (message: string): Refusal => refusal('InvalidArgsException', message);

/** The refusal of a feature that the sandbox does not support, in the same form as for an unsupported parameter. */
export const notImplemented = (what: string): Refusal =>
  refusal('NotImplemented', `The sandbox does not support ${what} in acm yet`, 501);
