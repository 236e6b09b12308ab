// Fails each call of a removal of the last route in turn, in every way: the next run removes the rest of the load balancer.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(
  failureCases,
  (_title, failure) => failEveryCall('a removal of the last route', failure),
  1_800_000,
);
