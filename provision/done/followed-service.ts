/** Follows one service through its deployment: fetches it, reports ECS's messages, and interprets the state of the deployment. */
import type { Service as EcsService, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Service } from '../../lib/config/config.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';
import type { ProbeResult } from '../../lib/engine/until.ts';
import { deploymentRecords, type DeploymentRecords } from '../../lib/look/service-deployments.ts';
import { describeService } from '../../lib/look/services.ts';
import type { Ids } from '../../lib/model/architecture.ts';
import { touches } from '../../lib/model/change.ts';
import type { Items } from '../../lib/model/resources.ts';
import {
  deploymentState,
  shownDeployment,
  isPrimary,
  needsRecord,
  newMessagesSince,
  withId,
  type FollowedDeployment,
} from './deployment.ts';

/** The context of a wait. `change`, `existing` and `found` are missing if the run does not change the service. */
export type WaitContext = Pick<
  ApplyContext<'services'>,
  'aws' | 'names' | 'until' | 'note' | 'clock' | 'proofTimes' | 'listenersOf'
> &
  Partial<Pick<ApplyContext<'services'>, 'change' | 'existing' | 'found' | 'reportServing'>>;

/** The ids of all task definitions and target groups. */
export interface ServiceIds {
  readonly taskDefinitions: Items<Ids['taskDefinitions']>;
  readonly targetGroups: Items<Ids['targetGroups']>;
}

/** A service that is waited for. */
export interface FollowedService {
  readonly service: Service;
  readonly groups: ServiceIds['targetGroups'];
  readonly records: DeploymentRecords;
  readonly readNewMessages: ReturnType<typeof newMessagesSince>;
  /** ECS's messages during the wait, oldest first. */
  readonly messages: string[];
  deployment: FollowedDeployment;
  /** The number of tasks that the service should run, as far as this run knows. */
  count: number;
  /** Whether ECS has shown the configured number of tasks. */
  hasShownCount: boolean;
  /** Since when ECS has not shown the deployment, in milliseconds since 1970. */
  missingSince: number | undefined;
  /** The latest description of the service, and the record of its deployment if that was read. */
  current: EcsService | undefined;
  record: ServiceDeployment | undefined;
  /** Whether the deployment was completed before the wait: this run did not start it. */
  wasComplete: boolean;
  /** Whether the new tasks have been seen to serve. */
  isServing: boolean;
}

/**
 * Starts to follow a service.
 * @param serviceInResponse the service in the response to a create or an update, if there was one; its primary deployment is
 *   followed
 */
export function follow(
  context: WaitContext,
  service: Service,
  ids: ServiceIds,
  serviceInResponse: EcsService | undefined,
): FollowedService {
  const taskDefinitionArn = ids.taskDefinitions.get(service.name)?.taskDefinitionArn ?? '';
  const primary = serviceInResponse?.deployments?.find(isPrimary);
  return {
    service,
    groups: ids.targetGroups,
    records: deploymentRecords(context, context.names.service(service)),
    readNewMessages: newMessagesSince(serviceInResponse?.events),
    messages: [],
    deployment: {
      id: primary?.id,
      createdAt: primary?.createdAt,
      taskDefinitionArn,
      // The survey has seen a deployment that this run did not start.
      wasSeen: serviceInResponse === undefined,
    },
    count: service.count,
    hasShownCount: false,
    missingSince: undefined,
    current: serviceInResponse,
    record: undefined,
    wasComplete: primary?.rolloutState === 'COMPLETED',
    isServing: false,
  };
}

/** How long ECS's descriptions may be out of date, in milliseconds. */
const STALE_MS = 15_000;

/**
 * Fetches the service, and returns the state of the followed deployment. Also updates the expected count, since Application Auto
 * Scaling may change it at any time. A count that this run sets must have been shown first: an older description has another one.
 */
export async function fetchState(
  context: WaitContext,
  followed: FollowedService,
): Promise<ProbeResult<undefined>> {
  const { service, records } = followed;
  const current = await describeService(context, context.names.service(service));
  const isFirstLook = followed.deployment.id === undefined;
  followed.current = current;
  const setsCount = context.change !== undefined && touches(context.change, 'count');
  followed.hasShownCount ||= !setsCount || current?.desiredCount === service.count;
  if (followed.hasShownCount) followed.count = current?.desiredCount ?? followed.count;
  for (const text of followed.readNewMessages(current?.events)) {
    followed.messages.push(text);
    context.note(`${service.name}: ${text}`);
  }
  followed.deployment = withId(current, followed.deployment);
  const { id, createdAt } = followed.deployment;
  if (needsRecord(current, followed.deployment)) {
    followed.record = await (id === undefined ? records.newest() : records.of(id, createdAt));
  }
  const isVisible = shownDeployment(current, followed.deployment) !== undefined;
  const now = context.clock.now();
  followed.missingSince = isVisible ? undefined : (followed.missingSince ?? now);
  // One description may be older than the one before it.
  const isGone = followed.missingSince !== undefined && now - followed.missingSince >= STALE_MS;
  const wasSeen = followed.deployment.wasSeen && isGone;
  const state = deploymentState(current, { ...followed.deployment, wasSeen }, followed.record);
  if (isFirstLook && state.state === 'ready') followed.wasComplete = true;
  followed.deployment = { ...followed.deployment, wasSeen: followed.deployment.wasSeen || isVisible };
  return state;
}
