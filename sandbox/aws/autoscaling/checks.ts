/** The checks of Application Auto Scaling requests: the scalable target that they name, and the bounds of the desired count. */
import { ScalableDimension, type ServiceNamespace } from '@aws-sdk/client-application-auto-scaling';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import type { ServiceRow } from '../ecs/store.ts';
import { pageOf, type Page, type PageRules } from '../paging.ts';
import { invalid, invalidToken, targetNotRegistered, unsupported } from './errors.ts';
import type { ScalableTargetRow } from './store.ts';

export const DIMENSION = ScalableDimension.ECSServiceDesiredCount;

const RESOURCE_ID = /^service\/[\w-]{1,255}\/[\w-]{1,255}$/;

const MAX_PAGE_SIZE = 50;
const PAGE_RULES: PageRules = {
  defaultSize: MAX_PAGE_SIZE,
  sizes: { min: 1, max: MAX_PAGE_SIZE, invalid: () => invalid('MaxResults cannot be less than 1') },
  invalidToken,
};

/** Returns a page of a list. A size below 1 is refused, and a size above the maximum is reduced to the maximum. */
export const page = <Row>(
  rows: readonly Row[],
  size: number | undefined,
  token: string | undefined,
): Page<Row> => pageOf(rows, Math.min(size ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE), token, PAGE_RULES);

/** The bounds of a desired count. */
interface Bounds {
  readonly MinCapacity: number;
  readonly MaxCapacity: number;
}
/** The request members that identify a scalable target. */
interface TargetId {
  readonly ServiceNamespace?: ServiceNamespace | undefined;
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: ScalableDimension | undefined;
}

/** @throws ValidationException for a dimension of another service */
export function checkDimension(given: ScalableDimension | undefined): void {
  if (given !== DIMENSION) throw unsupported();
}

/**
 * Returns the resource id of the ECS service that a request names.
 * @throws ValidationException; NotImplemented for the namespaces of other services
 */
export function checkTarget({ ServiceNamespace, ResourceId = '', ScalableDimension }: TargetId): string {
  if (ServiceNamespace !== 'ecs') {
    throw refusal(
      'NotImplemented',
      `The sandbox only scales ecs resources, not those of ${ServiceNamespace}`,
      501,
    );
  }
  checkDimension(ScalableDimension);
  checkResource(ResourceId);
  return ResourceId;
}

export function checkResource(id: string): void {
  if (!RESOURCE_ID.test(id)) throw unsupported();
}

/** Returns the bounds of a target. @throws ValidationException */
export function checkBounds({ MinCapacity, MaxCapacity }: Partial<Bounds>): Bounds {
  if (MinCapacity === undefined) throw invalid('Minimum capacity must be specified');
  if (MaxCapacity === undefined) throw invalid('Maximum capacity must be specified');
  if (MinCapacity < 0) throw invalid('Minimum capacity cannot be less than 0');
  if (MaxCapacity < MinCapacity) throw invalid('Maximum capacity cannot be less than minimum capacity');
  return { MinCapacity, MaxCapacity };
}

/** Returns the service that a resource id names. @throws ValidationException if no such service is active */
export function activeServiceOf(region: Region, id: string): ServiceRow {
  const service = region.ecs.services.get(region.arn('ecs', id));
  if (service?.status !== 'ACTIVE') throw invalid(`ECS service doesn't exist: ${id}`);
  return service;
}

/** Returns the registered target with a resource id. @throws ObjectNotFoundException */
export function registeredTarget(region: Region, id: string): ScalableTargetRow {
  const target = region.autoscaling.targets.get(id);
  if (!target) throw targetNotRegistered(id, DIMENSION);
  return target;
}
