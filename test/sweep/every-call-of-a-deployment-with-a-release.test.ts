// Fails each call of a deployment with a release command in turn, in every way: the next run completes the stack.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(
  failureCases,
  (_title, failure) => failEveryCall('a deployment with a release', failure),
  1_800_000,
);
