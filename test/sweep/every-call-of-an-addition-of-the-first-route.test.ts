// Fails each call of an addition of the first route in turn, in every way: the next run completes the load balancer.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(
  failureCases,
  (_title, failure) => failEveryCall('an addition of the first route', failure),
  1_800_000,
);
