/** Derives the condition of each service from a survey. Pure. */
import { revisionNumber } from '../lib/aws/task-definition-revisions.ts';
import type { Config } from '../lib/config/config.ts';
import type { Survey } from '../lib/look/found.ts';
import { isFormerServiceKey, type FoundService } from '../lib/look/services.ts';
import type { ServiceStatus } from '../lib/run/status-results.ts';
import { healthWarnings } from '../provision/services/health.ts';

const ROLLOUTS: Readonly<Record<string, ServiceStatus['deployment']>> = {
  IN_PROGRESS: 'in progress',
  COMPLETED: 'completed',
  FAILED: 'failed',
};

/** Returns the conditions of the configured services in the order of the configuration, then those of all others. */
export function statusesOf(
  { services }: Pick<Config, 'services'>,
  found: Pick<Survey, 'services'>,
): ServiceStatus[] {
  const configured = services.map(({ name }) => name);
  const others = [...found.services.keys()].filter(
    (key) => !configured.includes(key) && !isFormerServiceKey(key),
  );
  return [...configured, ...others].map((key) => {
    const service = found.services.get(key);
    return service === undefined ? missing(key) : statusOf(key, service);
  });
}

const missing = (service: string): ServiceStatus => ({
  service,
  revision: null,
  desired: 0,
  running: 0,
  deployment: null,
  warnings: ['it is not deployed'],
  healthy: false,
});

function statusOf(key: string, found: FoundService): ServiceStatus {
  const { status, rollout, desiredCount, runningCount, taskDefinitionArn, health } = found;
  const deployment = ROLLOUTS[rollout] ?? null;
  const warnings = [
    ...(status === 'ACTIVE' ? [] : [`it is ${status.toLowerCase()}`]),
    ...(deployment === 'failed' ? ['its newest deployment has failed'] : []),
    ...healthWarnings({ services: new Map([[key, found]]) }).map((text) =>
      text.replace(`services.${key}: `, ''),
    ),
  ];
  const running = health?.runningCount ?? runningCount;
  return {
    service: key,
    revision: revisionNumber(taskDefinitionArn),
    desired: desiredCount,
    running,
    deployment,
    warnings,
    healthy: warnings.length === 0 && deployment !== 'in progress' && running >= desiredCount,
  };
}
