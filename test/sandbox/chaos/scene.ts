// The scene for most tests of the weather: a sandbox at AWS's own pace, with a manual clock and the results of calls.
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import type { Weather } from '../../../sandbox/chaos/weather.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { makerOf } from '../aws/ec2/scene.ts';
import { refusalOf, sandbox } from '../harness.ts';

export const SECOND = 1000;

/** Starts a sandbox in the given weather. Its clock runs at AWS's pace unless the options set another. */
export async function sandboxInWeather(weather: Partial<Weather> = {}, options: SandboxOptions = {}) {
  const clock = manualClock();
  const started = await sandbox({ clock, pace: 1, weather, ...options });
  return {
    ...started,
    clock,
    make: makerOf(started.ec2),
    adjust: (settings: Partial<Weather>) => started.chaos.adjust(settings),
  };
}

/** Returns `ok`, or the code with which a call was refused. */
export const resultOf = async (call: Promise<unknown>): Promise<string> => {
  const settled = await Promise.allSettled([call]);
  return settled[0].status === 'fulfilled' ? 'ok' : (await refusalOf(call)).code;
};
