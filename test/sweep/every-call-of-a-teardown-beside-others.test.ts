// Fails each call of a teardown on the load balancer of someone else in turn: the next run removes what is left, and no rule of others changes.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(
  failureCases,
  (_title, failure) => failEveryCall('a teardown beside rules of others', failure),
  1_800_000,
);
