// Fails each call of a change of permissions in turn, in every way: the next run gives the roles exactly the desired policies.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('a change of permissions', failure), 1_800_000);
