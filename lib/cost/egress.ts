/** The way of a stack's tasks to the internet: what it costs, and what a cheaper way would cost. Pure. */
import type { Config } from '../config/config.ts';
import { parseSecretReference } from '../config/secret-reference.ts';
import { secretReferencesIn } from '../derive/secrets.ts';
import type { Billed } from './billed.ts';
import { costOf, HOURS_PER_MONTH } from './cost.ts';
import { PRICES } from './prices.ts';
import type { EgressCost } from './stack-cost.ts';

/**
 * Returns the services that tasks need without a way to the internet, each with an endpoint per zone; images come from S3, whose
 * endpoint costs nothing.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
function endpointServices(config: Config): string[] {
  const stores = secretReferencesIn(config).flatMap(
    (reference) => parseSecretReference(reference)?.service ?? [],
  );
  return ['ecr.api', 'ecr.dkr', 'logs', ...new Set(stores)];
}

/** Returns the cost of the egress; undefined for a stack without a NAT gateway, or in a region without its price. */
export function egressCost(config: Config, billed: Billed): EgressCost | undefined {
  const { natGatewayHour, natGatewayGb, endpointHour } = PRICES[config.region] ?? {};
  if (natGatewayHour === undefined || billed.natGateways === 0) return undefined;
  const services = endpointServices(config);
  const { zones } = config.network;
  const shared = { ...billed, natGateways: 0, loadBalancers: 0, publicAddresses: 0 };
  const monthly = (perHour: number) => Math.round(perHour * HOURS_PER_MONTH * 100) / 100;
  return {
    natGateway: monthly(natGatewayHour.usd * billed.natGateways),
    natGatewayPerGb: natGatewayGb?.usd ?? null,
    sharedSaves: monthly(costOf(billed, config.region).perHour - costOf(shared, config.region).perHour),
    endpoints: {
      services,
      zones,
      perMonth: endpointHour === undefined ? null : monthly(endpointHour.usd * services.length * zones),
    },
  };
}

/** Says what the egress costs, and how it could cost less. */
export function egressText({ natGateway, natGatewayPerGb, sharedSaves, endpoints }: EgressCost): string {
  const { services, zones, perMonth } = endpoints;
  const traffic = natGatewayPerGb === null ? '' : ` plus $${natGatewayPerGb} per GB`;
  const comparison =
    perMonth === null
      ? ''
      : ` ${services.length} VPC endpoints in ${zones} zones instead of it would cost $${Math.round(perMonth)}.`;
  return `Egress through the NAT gateway: $${Math.round(natGateway)}${traffic}. Sharing the load balancer and the network of another stack (loadBalancer) saves $${Math.round(sharedSaves)}.${comparison}`;
}
