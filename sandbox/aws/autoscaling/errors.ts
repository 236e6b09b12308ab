/** The refusals of Application Auto Scaling, in AWS's wording. Their sources are in the catalogue of AWS semantics (§11). */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const invalid = (message: string): Refusal => refusal('ValidationException', message);

export const unsupported = (): Refusal =>
  invalid('Unsupported service namespace, resource type or scalable dimension');

export const targetNotFound = (resource: string, dimension: string): Refusal =>
  refusal(
    'ObjectNotFoundException',
    `No scalable target found for service namespace: ecs, resource ID: ${resource}, scalable dimension: ${dimension}`,
  );

export const invalidToken = (): Refusal => refusal('InvalidNextTokenException', 'Invalid NextToken');

export const targetNotRegistered = (resource: string, dimension: string): Refusal =>
  refusal(
    'ObjectNotFoundException',
    `No scalable target registered for service namespace: ecs, resource ID: ${resource}, scalable dimension: ${dimension}`,
  );

export const policyNotFound = (resource: string, dimension: string, name: string): Refusal =>
  refusal(
    'ObjectNotFoundException',
    `No scaling policy found for service namespace: ecs, resource ID: ${resource}, scalable dimension: ${dimension}, policy name: ${name}`,
  );

export const scheduledActionNotFound = (resource: string, dimension: string, name: string): Refusal =>
  refusal(
    'ObjectNotFoundException',
    `No scheduled action found for service namespace: ecs, resource ID: ${resource}, scalable dimension: ${dimension}, scheduled action name: ${name}`,
  );

export const unknownResource = (arn: string): Refusal =>
  refusal('ResourceNotFoundException', `The specified resource doesn't exist: ${arn}`);
