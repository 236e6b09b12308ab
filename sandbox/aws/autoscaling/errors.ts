/** The refusals of Application Auto Scaling, in AWS's wording. Their sources are in the catalogue of AWS semantics (§11). */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const invalid = (message: string): Refusal => refusal('ValidationException', message);

/** The refusal of a value that the API's model does not allow, in the model's wording. */
export const notOneOf = (value: string, member: string, values: readonly string[]): Refusal =>
  invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}]`,
  );

export const unsupported = (): Refusal =>
  invalid('Unsupported service namespace, resource type or scalable dimension');

export const targetNotFound = (resource: string, dimension: string): Refusal =>
  refusal(
    'ObjectNotFoundException',
    `No scalable target found for service namespace: ecs, resource ID: ${resource}, scalable dimension: ${dimension}`,
  );

export const invalidToken = (): Refusal => refusal('InvalidNextTokenException', 'Invalid NextToken');
