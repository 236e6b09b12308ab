// Fails each call while a hopeless deployment is stopped and the previous version is restored: the next runs complete the stack.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('a hopeless deployment', failure), 1_800_000);
