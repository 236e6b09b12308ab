/** Expands the variables in a Compose file, with their defaults only: their values may be secrets of a machine. Pure. */
import { isRandom, isSecretName, withoutSecretForms } from '../lib/model/secret-values.ts';

/** A string with its variables expanded. */
export interface Expanded {
  readonly text: string;
  /** The variables without a default, which are empty in the text. */
  readonly unset: readonly string[];
}

/** `$$`, `${NAME}` with an optional operator and default, which may contain other variables, and `$NAME`. */
const VARIABLE = /\$(?:\$|\{(\w+)(?:(:?[-+?])((?:[^{}]|\$\{[^{}]*\})*))?\}|([A-Za-z_]\w*))/g;

/**
 * Expands the variables in a string as if none of them were set.
 * @see https://docs.docker.com/reference/compose-file/interpolation/
 */
export function expandDefaults(text: string): Expanded {
  const unset: string[] = [];
  const expanded = text.replace(
    VARIABLE,
    (whole, braced?: string, operator?: string, word?: string, plain?: string) => {
      if (whole === '$$') return '$';
      if (operator?.endsWith('-')) {
        const inner = expandDefaults(word ?? '');
        unset.push(...inner.unset);
        return inner.text;
      }
      // `${NAME:+word}` is the word only if the variable is set.
      if (!operator?.endsWith('+')) unset.push(braced ?? plain ?? '');
      return '';
    },
  );
  return { text: expanded, unset };
}

/** Whether the value of a variable seems to be a secret. */
export const isLikelySecret = (name: string, value: string): boolean =>
  value !== '' && (isSecretName(name) || isRandom(value) || withoutSecretForms(value, HIDDEN) !== value);

const HIDDEN = '***';

/** Matches the name of a service where a value names a host, as in `db`, `db:5432`, `//db/` and `user@db`. */
const hostPattern = (service: string): RegExp =>
  new RegExp(`(^|[/@,])${service.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?::(\\d+))?(?=$|[/,?])`, 'g');

/** Whether a value names a service of a Compose file as a host. */
export const namesService = (value: string, service: string): boolean => hostPattern(service).test(value);

/** Replaces a service of a Compose file in the value of a variable by its address in the same task. */
export const withLocalAddress = (value: string, service: string, port: number): string =>
  value.replace(hostPattern(service), (_, before: string, number?: string) =>
    number === undefined && before !== '/' ? `${before}localhost` : `${before}localhost:${port}`,
  );
