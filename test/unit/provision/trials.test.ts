// Trial runs: a program that looks new starts during the survey, each program runs once, and none outlives the run.
import { expect, test } from '@jest/globals';
import type { Builds, BuiltProgram } from '../../../lib/image/builds.ts';
import type { LookContext } from '../../../lib/look/context.ts';
import { Trials } from '../../../provision/trials.ts';
import { bundleOf, config, lookContextOf } from '../step-harness.ts';

const PROGRAM = `require('node:http').createServer((request, response) => {
  response.statusCode = 404;
  response.end();
}).listen(Number(process.env.PORT));`;

const stack = config();
const [web] = stack.services;
const [container] = web?.containers ?? [];
if (!web || !container) throw new Error('The configuration has no container');
const service = web;
const tried = { ...container, port: 5000, environment: { PORT: '5000' } };
/** Builds that note which programs and images were asked for. */
function notedBuilds(program: BuiltProgram = [{ name: 'main.cjs', bytes: Buffer.from(PROGRAM) }]) {
  const asked: string[] = [];
  const builds: Builds = {
    isEmulator: false,
    of: async (key) => {
      asked.push(`image ${key}`);
      return bundleOf(key);
    },
    programOf: async (key) => {
      asked.push(`program ${key}`);
      return program;
    },
  };
  return { asked, builds };
}

/** Starts early trials of a stack with one container. @param services the services that are recorded */
async function startEarly(builds: Builds, ...services: string[]): Promise<Trials> {
  const trials = new Trials(new AbortController().signal);
  const recorded: LookContext['recorded'] = () => new Map(services.map((name) => [name, {}]));
  const config = { ...stack, services: [{ ...service, containers: [tried] }] };
  await trials.startEarly({ ...lookContextOf(), config, builds, recorded });
  return trials;
}

test('the program of a new service starts early, and runs once', async () => {
  const { asked, builds } = notedBuilds();
  const trials = await startEarly(builds, 'other');
  expect(asked).toContain(`program ${tried.key}`);
  asked.length = 0;
  expect(await trials.isPathMissing(tried, builds)).toBe(true);
  expect(await trials.isPathMissing(tried, builds)).toBe(true);
  expect(asked).toEqual([]);
  await trials.close();
});

test('the program of a recorded service does not start before the plan needs it', async () => {
  const { asked, builds } = notedBuilds();
  const trials = await startEarly(builds, service.name);
  expect(asked).toEqual([]);
  expect(await trials.isPathMissing(tried, builds)).toBe(true);
  await trials.close();
});

test('a container with an image by reference has no trial', async () => {
  const { asked, builds } = notedBuilds();
  const trials = new Trials(new AbortController().signal);
  const services = [{ ...service, containers: [{ ...tried, image: { reference: 'nginx:1' } }] }];
  await trials.startEarly({ ...lookContextOf(), config: { ...stack, services }, builds });
  expect(asked).toEqual([]);
  await trials.close();
});

test('the end of the run ends a trial, also one that has not begun', async () => {
  const { builds } = notedBuilds([{ name: 'main.cjs', bytes: Buffer.from('setInterval(() => 0, 1000);') }]);
  const trials = await startEarly(builds);
  await trials.close();
  await expect(trials.isPathMissing(tried, builds)).rejects.toThrow('aborted');
  const { asked, builds: others } = notedBuilds();
  await expect(trials.isPathMissing({ ...tried, key: 'other' }, others)).rejects.toThrow('aborted');
  expect(asked).toEqual(['program other']);
});
