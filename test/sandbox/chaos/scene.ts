// The scene for most tests of the weather: a sandbox at AWS's own pace, a manual clock, and a short way to get the result of a call.
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import type { Weather } from '../../../sandbox/chaos/weather.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { makes } from '../aws/ec2/scene.ts';
import { refusalOf, sandbox } from '../harness.ts';

export const SECOND = 1000;

/** A sandbox in some weather, in which a second of the clock is a second of AWS. */
export async function weathered(weather: Partial<Weather> = {}, options: SandboxOptions = {}) {
  const clock = manualClock();
  const box = await sandbox({ clock, pace: 1, weather, ...options });
  return { ...box, clock, make: makes(box.ec2), turn: (knobs: Partial<Weather>) => box.chaos.adjust(knobs) };
}

/** `ok`, or the code that a call was refused with. */
export const met = async (call: Promise<unknown>): Promise<string> => {
  const settled = await Promise.allSettled([call]);
  return settled[0].status === 'fulfilled' ? 'ok' : (await refusalOf(call)).code;
};
