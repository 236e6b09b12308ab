/** The images: one per container that is built from source, pushed under a tag derived from its content. */
import { containersOf } from '../../lib/config/config.ts';
import type { Step } from '../../lib/engine/step.ts';
import { pushBuild } from '../../lib/image/docker.ts';
import { exportBuild } from '../../lib/image/engine-export.ts';
import { pushImage } from '../../lib/image/push.ts';
import { imageDigest, imageUri } from '../../lib/look/images.ts';
import { compare } from '../../lib/model/change.ts';

export const images: Step<'images'> = {
  /** The survey only contains images of the current source, so a missing image is created, and no image is ever updated. */
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

  async create(context) {
    const { aws, builds, change, ids, signal } = context;
    const repository = ids.repositories.get(change.key);
    if (!repository) throw new Error(`No repository for the image of ${change.key}`);
    const { repositoryName, repositoryUri } = repository;
    const build = await builds.of(change.key);
    if (build.kind === 'docker') context.note(`${build.engine} builds ${change.key}`);
    if (build.kind === 'docker' && build.exportFolder === undefined) {
      await pushBuild({ aws, repositoryUri, signal }, build);
    } else {
      const image = build.kind === 'docker' ? await exportBuild(build, signal) : build;
      await pushImage(
        { aws, repositoryName, isEmulator: builds.isEmulator, note: (text) => context.note(text) },
        image,
      );
      return { imageUri: imageUri(repositoryUri, image.digest) };
    }
    const digest = await imageDigest(aws, repositoryName, build.tag);
    if (digest === undefined)
      throw new Error(`${repositoryName} does not show the tag ${build.tag} that was pushed`);
    return { imageUri: imageUri(repositoryUri, digest) };
  },
};
