/** For tests of `init`: guesses the stack of files that exist only in memory. */
import { runInNewContext } from 'node:vm';
import type { StackInput } from '../../../lib/config/schema.ts';
import type { OpenQuestion } from '../../../init/choose.ts';
import { servicesInCompose } from '../../../init/compose.ts';
import { configText } from '../../../init/config-text.ts';
import { guessServices } from '../../../init/guess-stack.ts';
import { findPrograms } from '../../../init/programs.ts';
import { folderOf } from './folder.ts';

type Files = Readonly<Record<string, string>>;

/** Guesses a stack, as `init` does, and loads the configuration that it writes. */
export async function guess(files: Files, answers: Readonly<Record<string, string>> = {}) {
  const viewOf = (folder: string) => {
    const prefix = folder === '.' ? '' : `${folder}/`;
    const own = Object.entries(files).filter(([path]) => path.startsWith(prefix));
    return folderOf(
      Object.fromEntries(own.map(([path, text]) => [path.slice(prefix.length), text])),
      folder === '.' ? '/repo' : `/repo/${folder}`,
    );
  };
  const asked: string[] = [];
  const events: string[] = [];
  const report = ({ text: event }: { readonly text: string }) => void events.push(event);
  const { programs, leftOut } = findPrograms(viewOf, servicesInCompose(viewOf('.'), report));
  const choose = async ({ question, guess: likely }: OpenQuestion) => {
    asked.push(question);
    return answers[question] ?? likely;
  };
  const services = await guessServices(programs, 'repo', choose, report);
  const named = {
    name: { value: 'repo', why: 'a name' },
    region: { value: 'eu-west-1', why: 'a region' },
    services,
  };
  const text = configText(named, 'slipway');
  const [, literal = ''] = /defineStack\(([^]*)\);/.exec(text) ?? [];
  // The text is a JavaScript literal with comments.
  // The clone has the prototypes of this context, as an imported configuration has.
  const stack = JSON.parse(JSON.stringify(runInNewContext(`(${literal})`))) as StackInput;
  return { stack, text, asked, events, leftOut };
}

/** Returns one line for each container: its service, name, source, port and path. */
export const containersOf = ({ services }: StackInput) =>
  Object.entries(services).flatMap(([service, { containers }]) =>
    Object.entries(containers).map(
      ([name, { source, port, path }]) =>
        `${service}.${name} ${source} ${port ?? '-'} ${String(path ?? '-')}`,
    ),
  );
