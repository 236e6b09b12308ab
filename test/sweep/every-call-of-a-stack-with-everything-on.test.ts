// Fails each call of a provision of a stack with everything on in turn, in every way: the next run completes the stack without duplicates.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(
  failureCases,
  (_title, failure) => failEveryCall('a stack with everything on', failure),
  3_600_000,
);
