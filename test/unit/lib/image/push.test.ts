// Pushing an image: which blobs are sent, in which parts, and what happens when a response is lost.
import {
  BatchCheckLayerAvailabilityCommand,
  CompleteLayerUploadCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import type { Bundle, LayeredImage, LazyBlob } from '../../../../lib/image/builds.ts';
import { digestOf } from '../../../../lib/image/image-format.ts';
import { pushImage } from '../../../../lib/image/push.ts';
import { awsError, mocks, sentCalls, lookContextOf } from '../../step-harness.ts';

const MIB = 1024 * 1024;
const REPOSITORY = 'shop-dev/web-api1';

const blobOf = (bytes: Uint8Array) => ({ digest: digestOf(bytes), bytes });
const config = blobOf(new TextEncoder().encode('{}'));
const bundleWith = (...layers: Uint8Array[]): Bundle => ({
  kind: 'bundle',
  tag: 'bundle-1',
  digest: 'sha256:1',
  manifest: '{"schemaVersion":2}',
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  program: [],
  blobs: [config, ...layers.map(blobOf)],
});

const smallBundle = bundleWith(new Uint8Array(3));

/** Pushes a bundle, and returns the notes that the push reported. */
async function push(bundle: Bundle | LayeredImage, isEmulator = false): Promise<string[]> {
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  await pushImage({ aws: lookContextOf().aws, repositoryName: REPOSITORY, isEmulator, note }, bundle);
  return notes;
}

const calls = (command: string) => sentCalls().filter((call) => call.command === command);

/** Mocks a registry that accepts everything and already has the given blobs. */
function mockRegistry(...existing: string[]): void {
  let uploadCount = 0;
  mocks.ecr
    .on(BatchCheckLayerAvailabilityCommand)
    .callsFake(({ layerDigests }: { layerDigests: string[] }) => ({
      layers: layerDigests.map((layerDigest) => ({
        layerDigest,
        layerAvailability: existing.includes(layerDigest) ? 'AVAILABLE' : 'UNAVAILABLE',
      })),
    }));
  mocks.ecr.on(InitiateLayerUploadCommand).callsFake(() => ({ uploadId: `upload-${(uploadCount += 1)}` }));
  mocks.ecr.on(UploadLayerPartCommand).resolves({});
  mocks.ecr.on(CompleteLayerUploadCommand).resolves({});
  mocks.ecr.on(PutImageCommand).resolves({});
}

test('missing blobs are uploaded, then the manifest is put under its tag', async () => {
  mockRegistry(config.digest);
  await push(smallBundle);
  const [, layer] = smallBundle.blobs;
  const repositoryName = REPOSITORY;
  expect(sentCalls()).toEqual([
    {
      command: 'BatchCheckLayerAvailability',
      input: { repositoryName, layerDigests: smallBundle.blobs.map(({ digest }) => digest) },
    },
    { command: 'InitiateLayerUpload', input: { repositoryName } },
    {
      command: 'UploadLayerPart',
      input: {
        repositoryName,
        uploadId: 'upload-1',
        partFirstByte: 0,
        partLastByte: 2,
        layerPartBlob: layer?.bytes,
      },
    },
    {
      command: 'CompleteLayerUpload',
      input: { repositoryName, uploadId: 'upload-1', layerDigests: [layer?.digest] },
    },
    {
      command: 'PutImage',
      input: {
        repositoryName,
        imageManifest: smallBundle.manifest,
        imageManifestMediaType: smallBundle.mediaType,
        imageTag: 'bundle-1',
        imageDigest: 'sha256:1',
      },
    },
  ]);
});

test.each([
  [10 * MIB, [10 * MIB]],
  [10 * MIB + 1, [10 * MIB, 1]],
  [25 * MIB, [10 * MIB, 10 * MIB, 5 * MIB]],
])('a layer of %d bytes is sent in parts without gaps', async (size, sizes) => {
  mockRegistry(config.digest);
  const layer = new Uint8Array(size).fill(7);
  layer[size - 1] = 9;
  await push(bundleWith(layer));
  const parts = mocks.ecr.commandCalls(UploadLayerPartCommand).map(({ args: [{ input }] }) => input);
  expect(parts.map(({ layerPartBlob }) => layerPartBlob?.length)).toEqual(sizes);
  let next = 0;
  for (const { partFirstByte, partLastByte, layerPartBlob } of parts) {
    expect(partFirstByte).toBe(next);
    next += layerPartBlob?.length ?? 0;
    expect(partLastByte).toBe(next - 1);
  }
  const whole = Buffer.concat(parts.map(({ layerPartBlob }) => layerPartBlob ?? new Uint8Array()));
  expect(digestOf(whole)).toBe(digestOf(layer));
});

test('the blobs of an image are uploaded concurrently', async () => {
  mockRegistry();
  let resolveBoth: () => void = () => undefined;
  const bothStarted = new Promise<void>((resolve) => (resolveBoth = resolve));
  let uploadCount = 0;
  // Each response waits until both calls have been sent, so uploads in sequence would never end.
  mocks.ecr.on(InitiateLayerUploadCommand).callsFake(async () => {
    if ((uploadCount += 1) === 2) resolveBoth();
    await bothStarted;
    return { uploadId: 'upload' };
  });
  await push(smallBundle);
  expect(calls('CompleteLayerUpload')).toHaveLength(2);
});

test('nothing is uploaded for an image whose blobs all exist', async () => {
  mockRegistry(...smallBundle.blobs.map(({ digest }) => digest));
  await push(smallBundle);
  expect(sentCalls().map(({ command }) => command)).toEqual(['BatchCheckLayerAvailability', 'PutImage']);
});

test('a layer that another process has completed in the meantime counts as uploaded', async () => {
  mockRegistry(config.digest);
  mocks.ecr.on(CompleteLayerUploadCommand).rejects(awsError('LayerAlreadyExistsException'));
  await push(smallBundle);
  expect(calls('PutImage')).toHaveLength(1);
});

test.each<[string, string, () => unknown]>([
  [
    'a part',
    'InvalidLayerPartException',
    () =>
      mocks.ecr.on(UploadLayerPartCommand).rejectsOnce(awsError('InvalidLayerPartException')).resolves({}),
  ],
  [
    'the last call',
    'UploadNotFoundException',
    () =>
      mocks.ecr.on(CompleteLayerUploadCommand).rejectsOnce(awsError('UploadNotFoundException')).resolves({}),
  ],
])(
  'when the response to %s of an upload is lost and the repeated call is refused (%s), the upload starts again',
  async (_part, _code, mockRefusal) => {
    mockRegistry(config.digest);
    mockRefusal();
    await push(smallBundle);
    expect(calls('InitiateLayerUpload')).toHaveLength(2);
    expect(calls('CompleteLayerUpload').at(-1)?.input).toMatchObject({ uploadId: 'upload-2' });
    expect(calls('PutImage')).toHaveLength(1);
  },
);

test('an upload that is refused on every attempt fails, and no manifest is put', async () => {
  mockRegistry(config.digest);
  mocks.ecr.on(UploadLayerPartCommand).rejects(awsError('InvalidLayerPartException', 'no'));
  await expect(push(smallBundle)).rejects.toMatchObject({ message: 'no' });
  expect(calls('InitiateLayerUpload')).toHaveLength(3);
  expect(calls('PutImage')).toEqual([]);
});

/** A blob on disk, which records when it is prepared and read. */
function lazyBlob(bytes: Uint8Array, events: string[], prepare = () => Promise.resolve()): LazyBlob {
  const digest = digestOf(bytes);
  return {
    digest,
    size: bytes.length,
    async prepare() {
      await prepare();
      events.push('prepared');
    },
    async *read() {
      events.push('read');
      for (let start = 0; start < bytes.length; start += MIB) {
        await Promise.resolve();
        yield bytes.subarray(start, start + MIB);
      }
    },
  };
}
const imageWith = (...blobs: LazyBlob[]): LayeredImage => ({
  ...smallBundle,
  kind: 'layers',
  blobs: [config, ...blobs],
});

test('every missing blob is on this machine before the first one is sent, and is read from disk in parts', async () => {
  mockRegistry(config.digest);
  const events: string[] = [];
  mocks.ecr.on(InitiateLayerUploadCommand).callsFake(() => {
    events.push('sent');
    return { uploadId: 'upload' };
  });
  const large = new Uint8Array(25 * MIB).fill(3);
  await push(imageWith(lazyBlob(large, events), lazyBlob(new Uint8Array(5), events)));
  expect(events.slice(0, 4)).toEqual(['prepared', 'prepared', 'sent', 'sent']);
  const parts = mocks.ecr.commandCalls(UploadLayerPartCommand).map(({ args: [{ input }] }) => input);
  const sizes = parts.map(({ layerPartBlob }) => layerPartBlob?.length ?? 0);
  expect(sizes.sort((a, b) => a - b)).toEqual([5, 5 * MIB, 10 * MIB, 10 * MIB]);
});

test('a blob that the repository has is neither prepared nor read', async () => {
  const events: string[] = [];
  const blob = lazyBlob(new Uint8Array(5), events);
  mockRegistry(config.digest, blob.digest);
  await push(imageWith(blob));
  expect(events).toEqual([]);
});

test('nothing is sent when a blob cannot be prepared', async () => {
  mockRegistry();
  const events: string[] = [];
  const failing = lazyBlob(new Uint8Array(5), events, () =>
    Promise.reject(new Error('the registry is down')),
  );
  await expect(push(imageWith(failing, lazyBlob(new Uint8Array(6), events)))).rejects.toThrow('is down');
  expect(sentCalls().map(({ command }) => command)).toEqual(['BatchCheckLayerAvailability']);
});

test('a blob on disk is read from its start when an upload starts again', async () => {
  const events: string[] = [];
  mockRegistry(config.digest);
  mocks.ecr.on(UploadLayerPartCommand).rejectsOnce(awsError('InvalidLayerPartException')).resolves({});
  await push(imageWith(lazyBlob(new Uint8Array(5), events)));
  expect(events).toEqual(['prepared', 'read', 'read']);
});

test('when one of two uploads is refused, the other one ends before the push fails', async () => {
  mockRegistry();
  const [, layer] = smallBundle.blobs;
  let hasEnded = false;
  mocks.ecr
    .on(CompleteLayerUploadCommand)
    .rejects(awsError('AccessDeniedException', 'no'))
    .on(CompleteLayerUploadCommand, { layerDigests: [layer?.digest ?? ''] })
    .callsFake(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      hasEnded = true;
      return {};
    });
  await expect(push(smallBundle)).rejects.toMatchObject({ message: 'no' });
  expect(hasEnded).toBe(true);
});

const unimplemented = () => awsError('UnknownError', 'not yet implemented', 501);

test('an emulator that accepts no layers gets only the manifest, and the run reports a note', async () => {
  mockRegistry();
  mocks.ecr.on(InitiateLayerUploadCommand).rejects(unimplemented());
  expect(await push(smallBundle, true)).toEqual([
    'this endpoint accepts no image layers: only the manifest is pushed',
  ]);
  expect(calls('PutImage')).toHaveLength(1);
});

test.each([
  ['AWS itself', false, unimplemented()],
  ['an emulator that refuses a layer for another reason', true, awsError('AccessDeniedException')],
])('%s gets no manifest if its layers were not pushed', async (_, isEmulator, error) => {
  mockRegistry();
  mocks.ecr.on(InitiateLayerUploadCommand).rejects(error);
  await expect(push(smallBundle, isEmulator)).rejects.toBe(error);
  expect(calls('PutImage')).toEqual([]);
});

test('layers that ECR deletes after the check are uploaded again', async () => {
  const [, layer] = smallBundle.blobs;
  const gone = awsError('LayersNotFoundException', 'gone');
  mockRegistry();
  // ECR deletes layers that no image uses, such as those of an interrupted push.
  const available = [smallBundle.blobs, [config]];
  mocks.ecr.on(BatchCheckLayerAvailabilityCommand).callsFake(() => ({
    layers: (available.shift() ?? []).map(({ digest }) => ({
      layerDigest: digest,
      layerAvailability: 'AVAILABLE',
    })),
  }));
  mocks.ecr.on(PutImageCommand).callsFake(() => {
    if (calls('CompleteLayerUpload').length === 0) throw gone;
    return {};
  });
  await push(smallBundle);
  expect(calls('CompleteLayerUpload').map(({ input }) => input)).toMatchObject([
    { layerDigests: [layer?.digest] },
  ]);
});

test('a push ends when ECR does not find layers that were uploaded again', async () => {
  mockRegistry();
  mocks.ecr.on(PutImageCommand).rejects(awsError('LayersNotFoundException', 'gone'));
  await expect(push(smallBundle)).rejects.toMatchObject({ message: 'gone' });
  expect(calls('BatchCheckLayerAvailability')).toHaveLength(2);
});

test('a large upload is announced with its size', async () => {
  mockRegistry(config.digest);
  expect(await push(bundleWith(new Uint8Array(25 * MIB)))).toEqual([
    'sends 25 MiB of layers to the registry',
  ]);
});

test('an image that already exists under its tag counts as pushed', async () => {
  mockRegistry();
  mocks.ecr.on(PutImageCommand).rejects(awsError('ImageAlreadyExistsException'));
  await expect(push(smallBundle)).resolves.toEqual([]);
});

test('another image under the tag is a problem that explains how to delete that image', async () => {
  mockRegistry();
  mocks.ecr.on(PutImageCommand).rejects(awsError('ImageTagAlreadyExistsException', 'the tag is immutable'));
  await expect(push(smallBundle)).rejects.toMatchObject({
    code: 'FOREIGN',
    what: `The tag bundle-1 in the repository ${REPOSITORY} belongs to another image.`,
    why: 'the tag is immutable',
    fix: expect.arrayContaining([
      `aws ecr batch-delete-image --repository-name ${REPOSITORY} --image-ids imageTag=bundle-1`,
    ]),
  });
});
