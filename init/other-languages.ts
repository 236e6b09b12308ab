/** Finds where programs in Python, Go and other languages listen, by the usual forms of a port in their source. */
import { posix } from 'node:path';
import type { FolderView } from '../lib/program/folder-view.ts';
import type { Listening } from './listening.ts';

const SOURCE = /\.(?:py|go|rb|rs|java|kt|php|cs|exs?)$/;
/** `ListenAndServe(":8080"`, `Run(":8080")`, `('0.0.0.0', 8000)`, `port=5000` and `--port 5000`. */
const PORTS = [
  /\(\s*(?:"tcp"\s*,\s*)?"[\w.]*:(\d{2,5})"/,
  /\(\s*['"][\d.]*['"]\s*,\s*(\d{2,5})\s*\)/,
  /\bport\s*[:=]+\s*(\d{2,5})\b/i,
  /--port[ =](\d{2,5})\b/,
];

/** Returns the places where the source files directly in a folder name a port. @param folder the folder, as it is shown */
export const listeningInOthers = (view: FolderView, folder: string): Listening[] =>
  view
    .list('.')
    .filter((name) => SOURCE.test(name))
    .flatMap((name) => {
      const text = view.read(name) ?? '';
      const match = PORTS.map((pattern) => pattern.exec(text)).find((found) => found !== null);
      if (!match) return [];
      const evidence = `${match[0].replace(/^\(\s*/, '').replace(/\)$/, '')} in ${posix.join(folder, name)}`;
      return [{ port: Number(match[1]), variables: [], host: undefined, hostVariable: undefined, evidence }];
    });
