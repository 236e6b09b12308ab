// The addresses that `npm run open` chooses among the containers of a stack.
import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../lib/config/parse.ts';
import type { StackInput } from '../../../lib/config/schema.ts';
import { addressesIn } from '../../../open/addresses.ts';
import { stack, web } from '../../converge/stacks.ts';

const read = (input: StackInput = stack()) =>
  parseConfig(input, {
    stage: 'dev',
    target: 'sandbox',
    folder: '.',
    file: 'slipway.config.ts',
    needsSources: false,
  });
const HOST = 'http://api.example.com:8080';

test('the containers in the order of the configuration', () => {
  expect(addressesIn(read(), HOST, undefined)).toEqual([
    { container: 'web/api1', url: `${HOST}/api1` },
    { container: 'web/api2', url: `${HOST}/api2` },
  ]);
});

test('the path / comes first', () => {
  const config = read(stack({ services: web({ api2: { path: '/' } }) }));
  expect(addressesIn(config, HOST, undefined).map(({ url }) => url)).toEqual([`${HOST}/`, `${HOST}/api1`]);
});

test.each(['api2', 'web/api2'])('a container is selected by %s', async (named) => {
  expect(addressesIn(read(), HOST, named)).toEqual([{ container: 'web/api2', url: `${HOST}/api2` }]);
});

test('an unknown container is refused, with the nearest name', () => {
  const config = read();
  expect(() => addressesIn(config, HOST, 'api3')).toThrow(
    /There is no container or service api3.*Did you mean api1/s,
  );
});

test('a container for gRPC has no address for a browser', () => {
  const domain = { name: 'api.example.com', zone: 'example.com', createZone: true, https: true };
  const config = read(stack({ domain, services: web({ api2: { protocol: 'GRPC' } }) }));
  expect(() => addressesIn(config, HOST, 'api2')).toThrow(/api2 has no address for a browser/);
});
