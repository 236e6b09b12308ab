// The table of prices is written from AWS's public price lists.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { pricesInList } from '../../../prices/price-list.ts';
import { updatedPrices } from '../../../prices/update.ts';

/** A price list: lines about the list, the header, and rows. Each row has the usage type, the operation, and the price. */
const listOf = (
  ...rows: [usageType: string, operation: string, price: string, term?: string][]
): string[] => [
  '"FormatVersion","v1.0"',
  '"Disclaimer","This pricing list is for informational purposes only, ""as is""."',
  '"SKU","TermType","PriceDescription","StartingRange","EndingRange","Unit","PricePerUnit","Currency","usageType","operation"',
  ...rows.map(
    ([usageType, operation, price, term = 'OnDemand']) =>
      `"SKU","${term}","$${price} per hour, or a ""part""","0","Inf","Hrs","${price}","USD","${usageType}","${operation}"`,
  ),
];

test('prices are found by their exact usage types, with or without the code of the region', async () => {
  const list = listOf(
    ['EU-Fargate-vCPU-Hours:perCPU', '', '0.0404800000'],
    ['EU-Fargate-Windows-vCPU-Hours:perCPU', '', '0.0900000000'],
    ['Fargate-GB-Hours', '', '0.0044450000'],
    ['EU-Fargate-GB-Hours', '', '0.0030000000', 'Reserved'],
  );
  expect(await pricesInList(list, 'AmazonECS')).toEqual(
    new Map([
      ['vcpuHour', 0.04048],
      ['gbHour', 0.004445],
    ]),
  );
});

test('usage types that only look alike do not count', async () => {
  const list = listOf(
    ['EUC1-RegionalNatGateway-Hours', 'RegionalNatGateway', '0.0700000000'],
    ['EUC1-NatGateway-Prvd-Hours', 'NatGateway', '0.0800000000'],
    ['EUC1-NatGateway-Hours', 'NatGateway', '0.0520000000'],
  );
  expect(await pricesInList(list, 'AmazonEC2')).toEqual(new Map([['natGatewayHour', 0.052]]));
  const balancers = listOf(
    ['LoadBalancerUsage', 'LoadBalancing:Network', '0.0300000000'],
    ['LoadBalancerUsage', 'LoadBalancing:Application', '0.0225000000'],
  );
  expect(await pricesInList(balancers, 'AWSELB')).toEqual(new Map([['loadBalancerHour', 0.0225]]));
});

test('two different prices for one unit are an error', async () => {
  const list = listOf(['EU-Fargate-GB-Hours', '', '0.1'], ['EUW2-Fargate-GB-Hours', '', '0.2']);
  await expect(pricesInList(list, 'AmazonECS')).rejects.toThrow('gbHour has two prices');
});

test('a region is updated from the lists, and keeps what they lack', async () => {
  const server = createServer(({ url = '' }, response) => {
    const rows = url.includes('/AmazonECS/') ? listOf(['EU-Fargate-GB-Hours', '', '0.0050']) : listOf();
    response.end(rows.join('\n'));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const old = { usd: 1, found: '2026-01', source: 'an old list' };
    const { port } = server.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}`;
    const { prices, missing } = await updatedPrices(
      'eu-west-1',
      { vcpuHour: old, gbHour: old, hostedZoneMonth: old },
      endpoint,
    );
    expect(prices).toEqual({
      ...{ vcpuHour: old, hostedZoneMonth: old },
      gbHour: {
        usd: 0.005,
        found: expect.stringMatching(/^\d{4}-\d\d$/),
        source: 'price list of AmazonECS',
      },
    });
    expect(missing).toContain('vcpuHour');
    await expect(updatedPrices('eu-west-1', {}, `${endpoint}0`)).rejects.toThrow();
  } finally {
    server.close();
  }
});
