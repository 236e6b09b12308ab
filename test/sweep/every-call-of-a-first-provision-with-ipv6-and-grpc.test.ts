// Fails each call of a first provision with IPv6 and gRPC in turn, in every way: the next run completes the stack without duplicates.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(
  failureCases,
  (_title, failure) => failEveryCall('a first provision with IPv6 and gRPC', failure),
  1_800_000,
);
