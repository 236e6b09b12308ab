/** Notes on files of a program that its image does not contain. */

/** The maximum number of files that a note names. */
const MAX_NAMED = 8;
/** Ignored files that no program reads, so that no note names them. */
const NO_INPUT =
  /(^|\/)(coverage|tmp|temp|\.cache|\.vscode|\.idea|\.nyc_output|\.turbo|\.git.*|logs?|[^/]*\.(log|tsbuildinfo|pid|swp))$/;

/** Returns a note on the files that Git ignores and a program may read. @param ignored their paths */
export function ignoredNotes(ignored: readonly string[]): string[] {
  const named = ignored.filter((path) => !NO_INPUT.test(path));
  return named.length === 0 ? [] : [`The image does not contain what .gitignore names: ${someOf(named)}.`];
}

/** Returns a note on the files that usually have secrets. @param secrets their paths */
export const secretNotes = (secrets: readonly string[]): string[] =>
  secrets.length === 0
    ? []
    : [
        `The image does not contain files that usually have secrets: ${someOf(secrets)}. ` +
          `If the program reads one, add a line such as \`!${secrets[0]}\` to .dockerignore.`,
      ];

function someOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return [...names.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
