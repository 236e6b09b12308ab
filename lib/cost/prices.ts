/** Prices of AWS, on demand and before taxes, in US dollars: what they are, and where and when they were found. */

/** The units that a stack is billed for. */
export type PriceUnit =
  | 'natGatewayHour'
  | 'natGatewayGb'
  | 'publicIpv4Hour'
  | 'loadBalancerHour'
  | 'vcpuHour'
  | 'gbHour'
  | 'armVcpuHour'
  | 'armGbHour'
  | 'endpointHour'
  | 'hostedZoneMonth';

/** One price. */
export interface Price {
  readonly usd: number;
  /** The month in which it was found, e.g. `2026-09`. */
  readonly found: string;
  /** The price list, or another public document, in which it was found. */
  readonly source: string;
}

/** The prices of one region. A price that was not found is left out. */
export type Prices = Readonly<Partial<Record<PriceUnit, Price>>>;

const price = (usd: number, found: string, source: string): Price => ({ usd, found, source });

const EC2 = 'price list of AmazonEC2';
const ECS = 'price list of AmazonECS';
const ELB = 'price list of AWSELB';
const BILL = 'a published bill, its cost divided by its hours';

/** The prices that are the same in all regions: of one of the first 25 hosted zones, and of a public address. */
const EVERYWHERE: Prices = {
  hostedZoneMonth: price(0.5, '2026-09', 'Route 53 pricing page'),
  publicIpv4Hour: price(0.005, '2026-09', 'price list of AmazonVPC'),
};

/** The prices by region. */
export const PRICES: Readonly<Record<string, Prices>> = {
  'us-east-1': {
    ...EVERYWHERE,
    natGatewayHour: price(0.045, '2026-05', 'VPC pricing page'),
    natGatewayGb: price(0.045, '2026-05', 'VPC pricing page'),
    loadBalancerHour: price(0.0225, '2026-10', ELB),
    vcpuHour: price(0.04048, '2026-08', ECS),
    gbHour: price(0.004445, '2026-08', ECS),
    armVcpuHour: price(0.03238, '2026-08', ECS),
    armGbHour: price(0.00356, '2026-08', ECS),
    endpointHour: price(0.01, '2026-05', 'VPC pricing page'),
  },
  'eu-west-1': {
    ...EVERYWHERE,
    natGatewayHour: price(0.048, '2026-09', EC2),
    natGatewayGb: price(0.048, '2026-09', EC2),
    loadBalancerHour: price(0.0252, '2026-07', BILL),
    vcpuHour: price(0.04048, '2026-09', ECS),
    gbHour: price(0.004445, '2026-09', ECS),
    armVcpuHour: price(0.03238, '2026-09', ECS),
    armGbHour: price(0.00356, '2026-09', ECS),
    endpointHour: price(0.011, '2026-07', BILL),
  },
  'eu-central-1': {
    ...EVERYWHERE,
    natGatewayHour: price(0.052, '2026-09', EC2),
    loadBalancerHour: price(0.027, '2026-09', BILL),
    vcpuHour: price(0.04656, '2026-07', ECS),
    gbHour: price(0.00511, '2026-07', ECS),
    endpointHour: price(0.012, '2026-09', EC2),
  },
  'ap-northeast-1': {
    ...EVERYWHERE,
    natGatewayHour: price(0.062, '2026-09', EC2),
    loadBalancerHour: price(0.0243, '2026-07', ELB),
    vcpuHour: price(0.05056, '2026-07', ECS),
    gbHour: price(0.00553, '2026-07', ECS),
    armVcpuHour: price(0.04045, '2026-07', ECS),
    armGbHour: price(0.00442, '2026-07', ECS),
  },
};
