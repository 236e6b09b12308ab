/** The refusals of CloudWatch, with the codes of its query protocol. The wording of some is not verified (BEHAVIOUR.md). */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const invalid = (message: string): Refusal => refusal('ValidationError', message);

export const invalidValue = (message: string): Refusal => refusal('InvalidParameterValue', message);

export const invalidCombination = (message: string): Refusal =>
  refusal('InvalidParameterCombination', message);

export const missing = (member: string): Refusal =>
  refusal('MissingParameter', `The parameter ${member} is required.`);

export const alarmNotFound = (names: readonly string[]): Refusal =>
  refusal('ResourceNotFound', `Unknown alarm: ${names.join(', ')}`, 404);

export const resourceNotFound = (arn: string): Refusal =>
  refusal('ResourceNotFoundException', `Unknown resource: ${arn}`, 404);

export const invalidToken = (): Refusal => refusal('InvalidNextToken', 'The next token is not valid.');
