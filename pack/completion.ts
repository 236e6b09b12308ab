/** Writes the completion scripts of the shells from the help of the commands. */

/** A command with its options, as the completion scripts need them. */
export interface CompletedCommand {
  readonly name: string;
  readonly purpose: string;
  readonly options: readonly CompletedOption[];
}

/** An option of a command. */
export interface CompletedOption {
  /** With the two hyphens, e.g. `--stage`. */
  readonly flag: string;
  /** The placeholder of its value, e.g. `file`; undefined if it takes no value. */
  readonly placeholder: string | undefined;
  /** The possible values; empty if they are not known. */
  readonly values: readonly string[];
  /** The beginning of the description. */
  readonly description: string;
}

/** Reads the options in the output of `--help`. */
export function optionsInHelp(help: string): CompletedOption[] {
  const [, list = ''] = help.split('\nOptions:\n');
  // A description continues on lines that are indented further.
  return [...list.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)(?: <(\w[^>]*)>)? {2,}(.*(?:\n {4,}\S.*)*)/gm)].map(
    ([, flag = '', placeholder, text = '']) => {
      const description = text.replace(/\s+/g, ' ');
      const [, choices = ''] = /\(choices: ((?:"[^"]*"(?:, )?)+)/.exec(description) ?? [];
      return {
        flag,
        placeholder,
        values: [...choices.matchAll(/"([^"]*)"/g)].map(([, choice = '']) => choice),
        description: description.replace(/ \((?:choices|default):.*$/, ''),
      };
    },
  );
}

/** The names of the shells, with the script of each. */
export const completionScripts = (
  commands: readonly CompletedCommand[],
): Readonly<Record<'bash' | 'zsh' | 'fish', string>> => ({
  bash: bashScript(commands),
  zsh: zshScript(commands),
  fish: fishScript(commands),
});

/** Quotes a word for all three shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** How a shell completes the value of an option. */
function valueKind({ placeholder, values }: CompletedOption): 'none' | 'choice' | 'file' | 'other' {
  if (placeholder === undefined) return 'none';
  if (values.length > 0) return 'choice';
  return /^(file|folder)$/.test(placeholder) ? 'file' : 'other';
}

/** @see https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const optionCases = commands.map(
    ({ name, options }) => `    ${name}) words=${quoted(options.map(({ flag }) => flag).join(' '))} ;;`,
  );
  const actions = {
    choice: ({ values }: CompletedOption) => `words=${quoted(values.join(' '))}`,
    file: () => 'COMPREPLY=($(compgen -f -- "$cur")); return',
    other: () => 'return',
  };
  const valueCases = commands.flatMap(({ name, options }) =>
    options.flatMap((option) => {
      const kind = valueKind(option);
      return kind === 'none' ? [] : [`    ${name}:${option.flag}) ${actions[kind](option)} ;;`];
    }),
  );
  return `# Completes the commands and options of slipway in bash, also after npx, pnpm exec and yarn.
_slipway() {
  local first=1 words= cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if [[ \${COMP_WORDS[0]##*/} != slipway ]]; then
    while ((first <= COMP_CWORD)) && [[ \${COMP_WORDS[first - 1]} != slipway ]]; do ((first++)); done
    ((first <= COMP_CWORD)) || return
  fi
  if ((COMP_CWORD == first)); then
    COMPREPLY=($(compgen -W ${quoted(names)} -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[first]}:$prev" in
${valueCases.join('\n')}
  esac
  [[ -n $words ]] || case "\${COMP_WORDS[first]}" in
${optionCases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _slipway slipway
for _slipway_runner in npx pnpm yarn bunx; do
  complete -p "$_slipway_runner" > /dev/null 2>&1 || complete -o default -F _slipway "$_slipway_runner"
done
unset _slipway_runner
`;
}

/** Escapes a description for _describe and _arguments, to which colons and brackets are special. */
const zshText = (text: string): string => text.replace(/[\\:[\]]/g, '\\$&');

/** @see https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
function zshScript(commands: readonly CompletedCommand[]): string {
  const list = commands.map(({ name, purpose }) => `    ${quoted(`${name}:${zshText(purpose)}`)}`);
  const cases = commands.map(({ name, options }) => {
    const specs = options.map((option) => {
      const { flag, values, description, placeholder = '' } = option;
      const value = {
        none: '',
        choice: `:${placeholder}:(${values.join(' ')})`,
        file: `:${placeholder}:_files`,
        other: `:${placeholder}: `,
      }[valueKind(option)];
      return `        ${quoted(`${flag}[${zshText(description)}]${value}`)}`;
    });
    return `    ${name})\n      _arguments \\\n${specs.join(' \\\n')}\n      ;;`;
  });
  return `#compdef slipway
# Completes the commands and options of slipway in zsh.
_slipway() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
_slipway_npx() {
  if [[ $words[2] == slipway ]]; then
    shift words
    ((CURRENT--))
    _slipway
  else
    _default
  fi
}
((\${+functions[compdef]})) || { autoload -Uz compinit && compinit; }
compdef _slipway slipway
compdef _slipway_npx npx
`;
}

/** @see https://fishshell.com/docs/current/completions.html */
function fishScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = ['slipway', 'npx'].flatMap((program) => {
    const isSlipway = program === 'slipway' ? '' : '__fish_seen_subcommand_from slipway; and ';
    const complete = `complete -c ${program}`;
    return commands.flatMap(({ name, purpose, options }) => [
      `${complete} -f -n ${quoted(`${isSlipway}not __fish_seen_subcommand_from ${names}`)} -a ${name} -d ${quoted(purpose)}`,
      ...options.map((option) => {
        const { flag, values, description } = option;
        const value = {
          none: '',
          choice: ` -x -a ${quoted(values.join(' '))}`,
          file: ' -r -F',
          other: ' -x',
        }[valueKind(option)];
        return `${complete} -n ${quoted(`${isSlipway}__fish_seen_subcommand_from ${name}`)} -l ${flag.slice(2)} -d ${quoted(description)}${value}`;
      }),
    ]);
  });
  return `# Completes the commands and options of slipway in fish.\n${lines.join('\n')}\n`;
}
