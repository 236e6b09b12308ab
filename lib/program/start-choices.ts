/** The sources of a start, in their order: the configuration, the Dockerfile, `start`, `main`, and conventions. Pure. */
import { conventionalEntries } from './conventions.ts';
import type { DockerLayout } from './docker-layout.ts';
import type { DockerStage } from './dockerfile.ts';
import { readManifestFields, type FolderView } from './folder-view.ts';
import { asNodeImage, interpret, interpretLine } from './interpret.ts';
import { namedFile, nodeLaunch, type Launch, type LaunchPlace, type NoLaunch } from './launch.ts';
import { nothingToStart, noProgram, severalPrograms } from './no-program.ts';
import { baseOf } from './node-version.ts';
import { scriptLine } from './package-scripts.ts';
import { quoted } from './shell-words.ts';
import type { StartSettings, StartSource } from './start.ts';

/** The launch that was chosen, and why. */
export interface Choice {
  readonly source: StartSource;
  readonly launch: Launch;
  readonly reason: string;
  readonly entrypoint?: readonly string[];
}

/** The facts that every choice is based on. */
export interface StartFacts {
  readonly view: FolderView;
  readonly settings: StartSettings;
  readonly stage: DockerStage | undefined;
  readonly layout: DockerLayout;
}

/** Returns the first source that names a program. @throws NO_PROGRAM, SEVERAL_PROGRAMS */
export function choose(facts: StartFacts): Choice {
  const { view } = facts;
  return (
    fromSettings(facts) ??
    fromDockerfile(facts) ??
    fromScript(facts) ??
    fromMain(facts) ??
    fromConvention(facts, readManifestFields(view).scripts['build'] !== undefined)
  );
}

const inFolder = ({ view, layout }: StartFacts): LaunchPlace => ({ view, layout, folder: layout.folder });
const inImage = ({ view, layout }: StartFacts): LaunchPlace => ({
  view,
  layout,
  folder: layout.workingFolder,
});

function fromSettings(facts: StartFacts): Choice | undefined {
  const { view, settings, stage } = facts;
  const { entry, command } = settings;
  if (command !== undefined) {
    const found = interpret(command, inImage(facts));
    // ECS passes the command on literally, so only a file that it names in its compiled form can be compiled.
    const isCompiled = found.kind === 'launch' && found.command.at(-1) === command.at(-1);
    const launch: Launch = {
      kind: 'launch',
      command,
      environment: {},
      folder: facts.layout.workingFolder,
      entry: isCompiled ? found.entry : undefined,
      usesPackages: true,
      differences: [],
    };
    const reason = `The configuration sets the command ${quoted(command)}.`;
    return { source: 'configuration', launch, reason, entrypoint: ownEntrypoint(stage, inImage(facts)) };
  }
  if (entry === undefined) return undefined;
  const launch = orThrow(
    view,
    nodeLaunch({ flags: [], file: entry, args: [] }, inFolder(facts)),
    '`entry` in slipway.config.ts',
  );
  return { source: 'configuration', launch, reason: `The configuration names ${entry} as the entry.` };
}

/** Returns the entry point of an image if it is a file of the program; others, such as init processes, are not in Node's image. */
const ownEntrypoint = (stage: DockerStage | undefined, place: LaunchPlace): readonly string[] => {
  const [program = ''] = stage?.entrypoint ?? [];
  return namedFile(program, place) === undefined ? [] : (stage?.entrypoint ?? []);
};

function fromDockerfile(facts: StartFacts): Choice | undefined {
  const { view, stage } = facts;
  if (stage === undefined) return undefined;
  const { entrypoint, command = [] } = stage;
  const isNode = baseOf(stage.base).kind === 'node';
  // An empty image starts nothing.
  const isEmpty = entrypoint === undefined && command.length === 0;
  if (isEmpty && (isNode || stage.base === 'scratch')) return undefined;
  const whole =
    entrypoint === undefined && isNode
      ? asNodeImage(command, inImage(facts))
      : [...(entrypoint ?? []), ...command];
  const found = interpret(whole, inImage(facts));
  const reason = (text: readonly string[]) => `The Dockerfile starts ${quoted(text)}.`;
  if (isNode || (found.kind === 'launch' && found.entry !== undefined)) {
    const launch = orThrow(view, found, `the Dockerfile (${quoted(whole)})`);
    return { source: 'dockerfile', launch, reason: reason(launch.command) };
  }
  const launch: Launch = {
    kind: 'launch',
    command,
    environment: {},
    folder: stage.workingFolder,
    entry: undefined,
    usesPackages: false,
    differences: [],
  };
  const text = whole.length > 0 ? reason(whole) : `The Dockerfile starts what ${stage.base} starts.`;
  return { source: 'dockerfile', launch, reason: text, entrypoint: entrypoint ?? [] };
}

function fromScript(facts: StartFacts): Choice | undefined {
  const { view } = facts;
  const { scripts } = readManifestFields(view);
  if (!scripts['start']?.trim()) return undefined;
  const step = scriptLine('start', [], inFolder(facts));
  const found = step?.kind === 'line' ? interpretLine(step.words[0] ?? '', inFolder(facts)) : undefined;
  if (found === undefined) return undefined;
  const launch = orThrow(view, found, `the start script of package.json (${scripts['start']})`);
  return {
    source: 'start script',
    launch,
    reason: `The start script of package.json runs ${quoted(launch.command)}.`,
  };
}

function fromMain(facts: StartFacts): Choice | undefined {
  const { main } = readManifestFields(facts.view);
  if (main === undefined || namedFile(main, inFolder(facts)) === undefined) return undefined;
  return fromFile(facts, main, 'main', (entry) => `main of package.json names ${entry}.`);
}

function fromConvention(facts: StartFacts, hasBuild: boolean): Choice {
  const { view } = facts;
  const [, procfile] = /^web:[ \t]*(.+)$/m.exec(view.read('Procfile') ?? '') ?? [];
  if (procfile !== undefined) {
    const launch = orThrow(
      view,
      interpretLine(procfile.trim(), inFolder(facts)),
      `the Procfile (${procfile.trim()})`,
    );
    return { source: 'convention', launch, reason: `The Procfile runs ${quoted(launch.command)}.` };
  }
  const entries = conventionalEntries(view, hasBuild);
  if (entries.length > 1) throw severalPrograms(view, entries);
  const [entry] = entries;
  if (entry === undefined) throw nothingToStart(view);
  return fromFile(facts, entry, 'convention', (file) => `${file} exists, and package.json names no program.`);
}

function fromFile(
  facts: StartFacts,
  file: string,
  source: StartSource,
  reason: (entry: string) => string,
): Choice {
  const launch = orThrow(facts.view, nodeLaunch({ flags: [], file, args: [] }, inFolder(facts)), source);
  return { source, launch, reason: reason(launch.entry ?? file) };
}

/** @param by where the command comes from, for the message */
function orThrow(view: FolderView, found: Launch | NoLaunch, by: string): Launch {
  if (found.kind === 'launch') return found;
  throw noProgram(view, `It starts as ${by} says. ${found.why}`, found.fix === undefined ? [] : [found.fix]);
}
