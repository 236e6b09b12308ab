// Trial runs: a program that looks new starts during the survey, each program runs once, and none outlives the run.
import { expect, test } from '@jest/globals';
import type { Build, Builds, BuiltProgram } from '../../../lib/image/builds.ts';
import type { LookContext } from '../../../lib/look/context.ts';
import { Trials } from '../../../provision/trials.ts';
import { bundleOf, config, lookContextOf } from '../step-harness.ts';

const PROGRAM = `require('node:http').createServer((request, response) => {
  response.statusCode = 404;
  response.end();
}).listen(Number(process.env.PORT));`;

const stack = config();
const [container] = stack.services.flatMap(({ containers }) => containers);
if (container === undefined) throw new Error('The configuration has no container');
const tried = { ...container, port: 5000, environment: { PORT: '5000' } };
const digestOf = (build: Build) => build.digest ?? '';

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

/** Starts early trials of the stack's only tried container, whose deployed image has the given digest. */
async function startEarly(builds: Builds, digest?: string): Promise<Trials> {
  const trials = new Trials(new AbortController().signal);
  const services = stack.services.slice(0, 1).map((service) => ({ ...service, containers: [tried] }));
  const recorded: LookContext['recorded'] = () =>
    new Map(digest === undefined ? [] : [[tried.key, { imageUri: `repository@${digest}` }]]);
  trials.startEarly({ ...lookContextOf(), config: { ...stack, services }, builds, recorded });
  await new Promise(setImmediate);
  return trials;
}

test('a program that was never deployed starts early, and runs once', async () => {
  const { asked, builds } = notedBuilds();
  const trials = await startEarly(builds);
  expect(asked).toEqual([`program ${tried.key}`]);
  expect(await trials.isPathMissing(tried, builds)).toBe(true);
  expect(await trials.isPathMissing(tried, builds)).toBe(true);
  expect(asked).toHaveLength(1);
  await trials.close();
});

test('a program that is deployed as it is does not start before the plan needs it', async () => {
  const { asked, builds } = notedBuilds();
  const trials = await startEarly(builds, digestOf(bundleOf(tried.key)));
  expect(asked).toEqual([`program ${tried.key}`, `image ${tried.key}`]);
  await trials.close();
  expect(asked).toHaveLength(2);
});

test('a program whose image differs from the deployed one starts early', async () => {
  const { asked, builds } = notedBuilds();
  const trials = await startEarly(builds, 'sha256:other');
  expect(asked).toEqual([`program ${tried.key}`, `image ${tried.key}`, `program ${tried.key}`]);
  await trials.close();
});

test('a program that was never packed starts before its image is complete', async () => {
  const { asked, builds } = notedBuilds({ files: undefined, start: undefined, isNew: true } as never);
  const trials = await startEarly(builds, 'sha256:other');
  expect(asked).toEqual([`program ${tried.key}`, `program ${tried.key}`]);
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
