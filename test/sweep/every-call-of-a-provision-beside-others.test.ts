// Fails each call of a provision on the load balancer of someone else in turn: the next run completes the stack without duplicates, and no rule of others changes.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(
  failureCases,
  (_title, failure) => failEveryCall('a provision beside rules of others', failure),
  1_800_000,
);
