/** Finds the services that the Compose file of a repository builds, and reports the parts of the file that a stack leaves out. */
import ignore from 'ignore';
import type { Report } from '../lib/model/report.ts';
import type { FolderView } from '../lib/program/folder-view.ts';
import { imageNotes, withoutIgnoredSecrets } from './compose-environment.ts';
import { readComposeFile } from './compose-file.ts';
import { composeServices, type ComposeService } from './compose-services.ts';

/** Returns the services that a Compose file builds; none if there is no such file. @param view the folder of the configuration */
export function servicesInCompose(view: FolderView, report: Report): readonly ComposeService[] {
  const compose = readComposeFile(view, (text) => report({ type: 'warning', text }));
  if (compose === undefined) return [];
  const { built, images } = composeServices(compose, view);
  const ignored = ignore.default().add(view.read('.gitignore') ?? '');
  const isIgnored = compose.name.split(' and ').some((file) => ignored.ignores(file));
  const services = isIgnored ? built.map(withoutIgnoredSecrets) : built;
  // A name in YAML may have line breaks.
  const note = (text: string) => report({ type: 'note', text: text.replace(/\s+/g, ' ') });
  for (const text of imageNotes(images, built, compose.name)) note(text);
  for (const { name, notes, dependsOn } of services) {
    for (const text of notes) note(`${name} in ${compose.name}: ${text}`);
    const others = dependsOn.filter((other) => built.some((one) => one.name === other));
    if (others.length > 0)
      note(
        `${name} depends on ${others.join(' and ')}: all start at the same time, so ${name} must retry until the others answer.`,
      );
  }
  return services;
}
