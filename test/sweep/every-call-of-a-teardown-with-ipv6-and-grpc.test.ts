// Fails each call of a teardown with IPv6 and gRPC in turn, in every way: the next teardown leaves nothing behind.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(
  failureCases,
  (_title, failure) => failEveryCall('a teardown with IPv6 and gRPC', failure),
  1_800_000,
);
