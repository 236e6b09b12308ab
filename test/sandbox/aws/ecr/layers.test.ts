// Uploading layers to the sandbox's ECR, through the SDK's client.
import {
  BatchCheckLayerAvailabilityCommand,
  CompleteLayerUploadCommand,
  GetAuthorizationTokenCommand,
  InitiateLayerUploadCommand,
  UploadLayerPartCommand,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { addUpload } from '../../../../sandbox/aws/ecr/layer-rows.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { digestOf, makeRepository, pushLayer } from './pushing.ts';

const MIB = 1024 * 1024;
const repositoryName = 'api1';

async function startUpload(ecr: ECRClient) {
  await makeRepository(ecr, repositoryName);
  const { uploadId, partSize } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
  const sendPart = (partFirstByte: number, layerPartBlob: Uint8Array, partLastByte?: number) =>
    ecr.send(
      new UploadLayerPartCommand({
        repositoryName,
        uploadId,
        partFirstByte,
        partLastByte: partLastByte ?? partFirstByte + layerPartBlob.length - 1,
        layerPartBlob,
      }),
    );
  const complete = (...layerDigests: string[]) =>
    ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests }));
  return { uploadId, partSize, sendPart, complete };
}

test('a layer uploaded in two parts is assembled and becomes available', async () => {
  const { ecr, region } = await sandbox();
  const { partSize, sendPart, complete, uploadId } = await startUpload(ecr);
  expect(partSize).toBe(20 * MIB);
  const bytes = new Uint8Array(5 * MIB + 3).fill(7);
  const first = await sendPart(0, bytes.subarray(0, 5 * MIB));
  expect(first).toMatchObject({ repositoryName, uploadId, lastByteReceived: 5 * MIB - 1 });
  await sendPart(5 * MIB, bytes.subarray(5 * MIB));
  const layerDigest = digestOf(bytes);
  expect(await complete(layerDigest)).toMatchObject({ registryId: '000000000000', uploadId, layerDigest });
  const { layers } = await ecr.send(
    new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests: [layerDigest] }),
  );
  expect(layers).toEqual([{ layerDigest, layerAvailability: 'AVAILABLE', layerSize: bytes.length }]);
  expect(region.blobs.get(`eu-west-1/${layerDigest}`)?.length).toBe(bytes.length);
});

test('a layer is available only in the repository to which it was pushed', async () => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, 'api1');
  await makeRepository(ecr, 'api2');
  const layerDigest = await pushLayer(ecr, 'api1', 'layer');
  const { layers, failures } = await ecr.send(
    new BatchCheckLayerAvailabilityCommand({
      repositoryName: 'api2',
      layerDigests: [layerDigest, 'sha256:short'],
    }),
  );
  expect(layers).toEqual([{ layerDigest, layerAvailability: 'UNAVAILABLE' }]);
  expect(failures).toMatchObject([{ layerDigest: 'sha256:short', failureCode: 'InvalidLayerDigest' }]);
});

test('a part that does not continue the upload is refused with an error that names the last received byte', async () => {
  const { ecr } = await sandbox();
  const { sendPart } = await startUpload(ecr);
  await sendPart(0, new Uint8Array(10));
  const code = 'InvalidLayerPartException';
  const message = expect.stringContaining('the last valid byte received is 9');
  expect(await refusalOf(sendPart(11, new Uint8Array(1)))).toEqual({ code, message });
  expect(await refusalOf(sendPart(0, new Uint8Array(10)))).toEqual({ code, message });
  expect(await refusalOf(sendPart(10, new Uint8Array(1), 12))).toEqual({ code, message });
  expect(await sendPart(10, new Uint8Array(1))).toMatchObject({ lastByteReceived: 10 });
});

test('a part of more than 20 MiB is refused', async () => {
  const { ecr } = await sandbox();
  const { sendPart } = await startUpload(ecr);
  expect(await refusalOf(sendPart(0, new Uint8Array(20 * MIB + 1)))).toMatchObject({
    code: 'InvalidParameterException',
    message: expect.stringContaining("'layerPartBlob'"),
  });
});

test('an upload cannot be completed when a part other than the last is smaller than 5 MiB', async () => {
  const { ecr } = await sandbox();
  const { sendPart, complete } = await startUpload(ecr);
  await sendPart(0, new Uint8Array(10));
  await sendPart(10, new Uint8Array(10));
  expect(await refusalOf(complete(digestOf(new Uint8Array(20))))).toMatchObject({
    code: 'LayerPartTooSmallException',
  });
});

test('an upload without parts cannot be completed', async () => {
  const { ecr } = await sandbox();
  const { complete } = await startUpload(ecr);
  expect(await refusalOf(complete(digestOf('')))).toMatchObject({ code: 'EmptyUploadException' });
});

test('completing an upload with a wrong digest is refused, and succeeds later with the right digest', async () => {
  const { ecr } = await sandbox();
  const { sendPart, complete } = await startUpload(ecr);
  const bytes = new Uint8Array([1, 2, 3]);
  await sendPart(0, bytes);
  expect(await refusalOf(complete(digestOf('other')))).toMatchObject({ code: 'InvalidLayerException' });
  expect((await complete(digestOf(bytes))).layerDigest).toBe(digestOf(bytes));
});

test('completing the upload of a layer that the repository already has is refused and ends the upload', async () => {
  const { ecr, region } = await sandbox();
  const { sendPart, complete, uploadId } = await startUpload(ecr);
  const layerDigest = await pushLayer(ecr, repositoryName, 'layer');
  await sendPart(0, new TextEncoder().encode('layer'));
  expect(region.blobs.has(`upload/${uploadId}`)).toBe(true);
  expect(await refusalOf(complete(layerDigest))).toMatchObject({ code: 'LayerAlreadyExistsException' });
  expect(await refusalOf(complete(layerDigest))).toMatchObject({ code: 'UploadNotFoundException' });
  expect(region.blobs.has(`upload/${uploadId}`)).toBe(false);
});

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

test('an upload id is valid only in its own repository', async () => {
  const { ecr } = await sandbox();
  const { uploadId } = await startUpload(ecr);
  await makeRepository(ecr, 'api2');
  const sendPart = (name: string, id: string | undefined) =>
    ecr.send(
      new UploadLayerPartCommand({
        repositoryName: name,
        uploadId: id,
        partFirstByte: 0,
        partLastByte: 0,
        layerPartBlob: new Uint8Array(1),
      }),
    );
  expect(await refusalOf(sendPart('api2', uploadId))).toMatchObject({ code: 'UploadNotFoundException' });
  expect(await refusalOf(sendPart('api1', UNKNOWN_ID))).toMatchObject({ code: 'UploadNotFoundException' });
  expect(await refusalOf(sendPart('api3', uploadId))).toMatchObject({ code: 'RepositoryNotFoundException' });
});

test('an upload that is not completed ends after a day, and its bytes are gone', async () => {
  const clock = manualClock();
  const { ecr, region } = await sandbox({ clock });
  const { sendPart, uploadId } = await startUpload(ecr);
  await sendPart(0, new Uint8Array(3));
  clock.advance(24 * 3600 * 1000);
  await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
  await sendPart(3, new Uint8Array(3));
  clock.advance(1);
  await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
  expect((await refusalOf(sendPart(6, new Uint8Array(3)))).code).toBe('UploadNotFoundException');
  expect(region.blobs.has(`upload/${uploadId}`)).toBe(false);
});

test('a region keeps the newest thousand uploads that are not completed', async () => {
  const { ecr, region } = await sandbox();
  const { uploadId } = await startUpload(ecr);
  for (let others = 0; others < 999; others += 1) addUpload(region, repositoryName);
  expect(region.ecr.uploads.has(uploadId ?? '')).toBe(true);
  await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
  expect(region.ecr.uploads.has(uploadId ?? '')).toBe(false);
  expect(region.ecr.uploads.size).toBe(1000);
});

test('one call can check the availability of at most a hundred layers', async () => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, repositoryName);
  const check = (count: number) => {
    const layerDigests = Array.from({ length: count }, (_, index) => digestOf(String(index)));
    return ecr.send(new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests }));
  };
  expect((await check(100)).layers).toHaveLength(100);
  expect(await refusalOf(check(101))).toMatchObject({ code: 'InvalidParameterException' });
});

test('the authorization token is for the user AWS and is valid for twelve hours', async () => {
  const { ecr, port } = await sandbox({ clock: manualClock(Date.UTC(2026, 0, 1)) });
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const { authorizationToken = '', expiresAt, proxyEndpoint } = authorizationData?.[0] ?? {};
  expect(Buffer.from(authorizationToken, 'base64').toString()).toMatch(/^AWS:.{40,}$/);
  expect(expiresAt).toEqual(new Date('2026-01-01T12:00:00Z'));
  expect(proxyEndpoint).toBe(`http://000000000000.dkr.ecr.eu-west-1.amazonaws.localhost:${port}`);
});
