/** The images: one a container that is built from source, pushed under the tag that stands for its content. */
import { compare } from '../../lib/model/change.ts';
import { containersOf } from '../../lib/config/config.ts';
import { pushBuild } from '../../lib/image/docker.ts';
import { pushBundle } from '../../lib/image/push.ts';
import { imageDigest, imageUri } from '../../lib/look/images.ts';
import type { Step } from '../../lib/engine/step.ts';

export const images: Step<'images'> = {
  /** The look finds only the image of the present source: what it does not find is to be made, and nothing else. */
  diff: ({ config }, found) =>
    compare({
      noun: 'images',
      desired: new Map(
        containersOf(config)
          .filter(({ image }) => 'source' in image)
          .map(({ key }) => [key, {}]),
      ),
      found: found.images,
      fieldsOf: () => ({}),
    }),

  async apply(context) {
    const { aws, builds, change, ids: made, signal } = context;
    const repository = made.repositories.get(change.key);
    if (!repository) throw new Error(`No repository for the image of ${change.key}`);
    const { repositoryName, repositoryUri } = repository;
    const build = await builds.of(change.key);
    if (build.kind === 'bundle') {
      await pushBundle(
        { aws, repositoryName, emulator: builds.emulator, note: (text) => context.note(text) },
        build,
      );
      return { imageUri: imageUri(repositoryUri, build.digest) };
    }
    context.note(`${build.engine} builds ${change.key}`);
    await pushBuild({ aws, repositoryUri, signal }, build);
    const digest = await imageDigest(aws, repositoryName, build.tag);
    if (digest === undefined)
      throw new Error(`${repositoryName} does not show the tag ${build.tag} that was pushed`);
    return { imageUri: imageUri(repositoryUri, digest) };
  },
};
