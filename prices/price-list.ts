/** Reads AWS's price lists: which rows have the prices that a stack is billed for. Pure. */
import type { PriceUnit } from '../lib/cost/prices.ts';

/** A row of a price list: its values by the names of the columns. */
type Row = ReadonlyMap<string, string>;

/** The rows that have one price. Their usage type may begin with the code of the region, e.g. `EUC1-`. */
interface Match {
  readonly unit: PriceUnit;
  /** The usage type without the code of the region. */
  readonly usageType: string;
  readonly operation?: string;
}

/**
 * The prices in the list of each service. Other usage types that contain these, such as `RegionalNatGateway-Hours` or
 * `TS-LoadBalancerUsage`, have other prices.
 */
export const MATCHES: Readonly<Record<string, readonly Match[]>> = {
  AmazonEC2: [
    { unit: 'natGatewayHour', usageType: 'NatGateway-Hours', operation: 'NatGateway' },
    { unit: 'natGatewayGb', usageType: 'NatGateway-Bytes', operation: 'NatGateway' },
  ],
  AmazonVPC: [
    { unit: 'publicIpv4Hour', usageType: 'PublicIPv4:InUseAddress' },
    { unit: 'endpointHour', usageType: 'VpcEndpoint-Hours' },
  ],
  AWSELB: [
    { unit: 'loadBalancerHour', usageType: 'LoadBalancerUsage', operation: 'LoadBalancing:Application' },
  ],
  AmazonECS: [
    { unit: 'vcpuHour', usageType: 'Fargate-vCPU-Hours:perCPU' },
    { unit: 'gbHour', usageType: 'Fargate-GB-Hours' },
    { unit: 'armVcpuHour', usageType: 'Fargate-ARM-vCPU-Hours:perCPU' },
    { unit: 'armGbHour', usageType: 'Fargate-ARM-GB-Hours' },
  ],
};

/** The code of a region in a usage type; us-east-1 has none in some lists. */
const REGION_CODE = /^(?:[A-Z]{2,4}\d?-)?/;

/**
 * Finds the prices in a list.
 * @param lines the lines of the CSV file, whose header follows some lines about the list
 * @param service the code of the service, e.g. `AmazonECS`
 * @returns US dollars by unit
 * @throws Error if a unit has two prices, since the matching rows are then not the ones that are meant
 */
export async function pricesInList(
  lines: AsyncIterable<string> | Iterable<string>,
  service: string,
): Promise<Map<PriceUnit, number>> {
  const found = new Map<PriceUnit, number>();
  let header: readonly string[] | undefined;
  for await (const line of lines) {
    if (header === undefined) {
      const cells = cellsOf(line);
      if (cells.includes('PricePerUnit')) header = cells;
      continue;
    }
    // Most rows have other prices, and splitting them would take most of the time.
    const candidates = (MATCHES[service] ?? []).filter(({ usageType }) => line.includes(usageType));
    if (candidates.length === 0) continue;
    const row: Row = new Map(cellsOf(line).map((cell, index) => [header?.[index] ?? '', cell]));
    for (const match of candidates) {
      const usd = priceIn(row, match);
      if (usd === undefined) continue;
      const other = found.get(match.unit);
      if (other !== undefined && other !== usd)
        throw new Error(`${match.unit} has two prices in the list of ${service}: ${other} and ${usd}`);
      found.set(match.unit, usd);
    }
  }
  return found;
}

function priceIn(row: Row, { usageType, operation }: Match): number | undefined {
  const isMatch =
    row.get('TermType') === 'OnDemand' &&
    row.get('Currency') === 'USD' &&
    row.get('StartingRange') === '0' &&
    (row.get('usageType') ?? '').replace(REGION_CODE, '') === usageType &&
    (operation === undefined || row.get('operation') === operation);
  const usd = Number(row.get('PricePerUnit'));
  return isMatch && usd > 0 ? usd : undefined;
}

/** Splits a line of a CSV file. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) =>
    (quoted ?? plain).replaceAll('""', '"'),
  );
