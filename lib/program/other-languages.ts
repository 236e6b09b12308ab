/** Recognises programs of other languages in folders without a Dockerfile, to say which Dockerfile they need. Pure. */
import type { FolderView } from './folder-view.ts';

/** A language, with the files that its programs have and a Dockerfile that starts the usual one. */
interface Language {
  readonly name: string;
  /** Each is a sufficient sign; the most specific comes first. */
  readonly files: readonly string[];
  /** Returns the instructions after FROM. @param has whether the folder has a file */
  readonly dockerfile: (has: (file: string) => boolean) => readonly string[];
}

const APP = ['WORKDIR /app', 'COPY . .'];

const LANGUAGES: readonly Language[] = [
  {
    name: 'Python',
    files: [
      'requirements.txt',
      'pyproject.toml',
      'Pipfile',
      'setup.py',
      'manage.py',
      'app.py',
      'main.py',
      'server.py',
    ],
    dockerfile: (has) => [
      'FROM python:3.12-slim',
      ...APP,
      ...(has('requirements.txt') ? ['RUN pip install --no-cache-dir -r requirements.txt'] : []),
      `CMD ["python", "${['app.py', 'main.py', 'server.py', 'manage.py'].find(has) ?? 'app.py'}"]`,
    ],
  },
  {
    name: 'Go',
    files: ['go.mod', 'main.go'],
    dockerfile: (has) => [
      'FROM golang:1.22 AS build',
      'WORKDIR /src',
      'COPY . .',
      `RUN CGO_ENABLED=0 go build -o /app ${has('go.mod') ? '.' : 'main.go'}`,
      'FROM gcr.io/distroless/static',
      'COPY --from=build /app /app',
      'ENTRYPOINT ["/app"]',
    ],
  },
  {
    name: 'Ruby',
    files: ['Gemfile', 'config.ru'],
    dockerfile: () => [
      'FROM ruby:3.3-slim',
      ...APP,
      'RUN bundle install',
      'CMD ["bundle", "exec", "rackup", "-o", "0.0.0.0"]',
    ],
  },
];

/** A program of another language. */
export interface OtherProgram {
  readonly language: string;
  /** The file that it was recognised by. */
  readonly file: string;
  /** The lines of a Dockerfile to start from. */
  readonly dockerfile: readonly string[];
}

/** Returns the program of another language in a folder; undefined if there is none. */
export function otherProgramIn(view: Pick<FolderView, 'kindOf'>): OtherProgram | undefined {
  const has = (file: string) => view.kindOf(file) === 'file';
  for (const { name, files, dockerfile } of LANGUAGES) {
    const file = files.find(has);
    if (file !== undefined) return { language: name, file, dockerfile: dockerfile(has) };
  }
  return undefined;
}
