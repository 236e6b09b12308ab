/** The mistakes in a configuration, formatted for users, and the problem that reports all of them. */
import { NOTHING_CHANGED, Problem } from '../model/problem.ts';
import { NAME_OPTION, STAGE_OPTION } from './finding.ts';
import { pathText } from './display.ts';

/** One mistake. */
export interface Mistake {
  /** The path, e.g. `services.shop.containers.api1.port`, or `--stage`. */
  readonly path: string;
  /** The current value, never a secret: `70000`, `'api'`, `missing`, `unknown key`. */
  readonly value: string;
  /** What to write instead, as a sentence. */
  readonly fix: string;
}

/** CONFIG_INVALID: a configuration with mistakes. */
export class InvalidConfig extends Problem {
  readonly mistakes: readonly Mistake[];

  /** @param file as the user named it */
  constructor(file: string, mistakes: readonly Mistake[]) {
    const options = [STAGE_OPTION, NAME_OPTION]
      .map(pathText)
      .filter((option) => mistakes.some(({ path }) => path === option));
    const isOnlyInOptions = mistakes.every(({ path }) => options.includes(path));
    super('CONFIG_INVALID', {
      what: `${isOnlyInOptions ? 'The command' : file} has ${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`}.`,
      why: mistakes.map(({ path, value, fix }) => `${path}: ${value}. ${fix}`).join('\n'),
      now: NOTHING_CHANGED,
      fix: [`Correct ${isOnlyInOptions ? options.join(' and ') : file}, then run the command again.`],
    });
    this.mistakes = mistakes;
  }
}
