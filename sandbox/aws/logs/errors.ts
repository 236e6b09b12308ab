/** The refusals of CloudWatch Logs, in AWS's wording. Section 8 of docs/aws-semantics.md lists their codes and sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const logGroupNotFound = (): Refusal =>
  refusal('ResourceNotFoundException', 'The specified log group does not exist.');

export const logStreamNotFound = (): Refusal =>
  refusal('ResourceNotFoundException', 'The specified log stream does not exist.');

export const resourceNotFound = (): Refusal =>
  refusal('ResourceNotFoundException', 'The specified resource does not exist.');

export const logGroupExists = (): Refusal =>
  refusal('ResourceAlreadyExistsException', 'The specified log group already exists');

export const logStreamExists = (): Refusal =>
  refusal('ResourceAlreadyExistsException', 'The specified log stream already exists');

export const invalidParameter = (message: string): Refusal => refusal('InvalidParameterException', message);

/** The refusal of a value that AWS's API model does not allow. */
export const invalidValue = (value: string, member: string, constraint: string): Refusal =>
  invalidParameter(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );

/** LocalStack's `test_logs_streams.snapshot.json` records this refusal. */
export const bothNameAndArn = (): Refusal =>
  refusal('ValidationException', 'LogGroup name and LogGroup ARN are mutually exclusive parameters.');

export const deletionProtected = (): Refusal =>
  refusal(
    'ValidationException',
    'The log group cannot be deleted because deletion protection is enabled. Disable deletion protection first.',
  );
