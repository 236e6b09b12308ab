/** The parts of a stack that AWS bills by the hour: as configured, and as they exist. Pure. */
import type { Config } from '../config/config.ts';
import { hasOwnBalancer } from '../derive/shared-balancer.ts';
import { serviceOfKey } from '../look/services.ts';
import type { Survey } from '../look/found.ts';

/** The tasks of one service. */
export interface BilledTasks {
  readonly service: string;
  readonly count: number;
  /** Of one task; 1024 are one virtual CPU. */
  readonly cpuUnits: number;
  /** Of one task. */
  readonly memoryMib: number;
  readonly isArm: boolean;
}

/** Everything that is billed by the hour or by the month, whatever the traffic. */
export interface Billed {
  readonly natGateways: number;
  readonly loadBalancers: number;
  /** Public IPv4 addresses: of the NAT gateway, and one per zone of an internet-facing load balancer. */
  readonly publicAddresses: number;
  readonly hostedZones: number;
  readonly tasks: readonly BilledTasks[];
}

/** Returns what a configuration is billed for once it is provisioned. */
export function billedByConfig(config: Config): Billed {
  const { domain, internal, loadBalancer, network, services } = config;
  const isBalanced = hasOwnBalancer(config);
  // The network belongs to the owner of the load balancer.
  const natGateways = loadBalancer ? 0 : 1;
  return {
    natGateways,
    loadBalancers: isBalanced ? 1 : 0,
    publicAddresses: natGateways + (internal || !isBalanced ? 0 : network.zones),
    hostedZones: domain?.createZone ? 1 : 0,
    tasks: services.map(({ name, count, cpu, memory, architecture }) => ({
      ...{ service: name, count },
      ...{ cpuUnits: cpu, memoryMib: memory },
      isArm: architecture === 'arm64',
    })),
  };
}

/** Returns what the existing resources of a stack are billed for. */
export function billedAsFound(found: Survey): Billed {
  const balancers = [...found.loadBalancer.values()];
  const balancerAddresses = balancers
    .filter(({ scheme }) => scheme === 'internet-facing')
    .reduce((sum, { subnetIds }) => sum + subnetIds.length, 0);
  return {
    natGateways: found.natGateway.size,
    loadBalancers: balancers.length,
    publicAddresses: found.elasticIp.size + balancerAddresses,
    hostedZones: found.hostedZone.size,
    tasks: [...found.services].map(([key, { desiredCount }]) => {
      const service = serviceOfKey(key);
      const definition = found.taskDefinitions.get(service)?.definition ?? {};
      return {
        ...{ service, count: desiredCount },
        cpuUnits: Number(definition['cpu'] ?? 0),
        memoryMib: Number(definition['memory'] ?? 0),
        isArm: definition['architecture'] === 'ARM64',
      };
    }),
  };
}
