import { type ContainerRuntimeClient, ImageName } from 'testcontainers';
import { useOwnMirror } from '../../fixtures/images/own-mirror.ts';
import { officialImages, referenceServerImage } from '../../fixtures/images/prepare.ts';
import { dockerClient, within } from '../../fixtures/runtime/docker.ts';
import { parts } from '../../fixtures/services/parts.ts';
import { nodePart } from '../../fixtures/services/reference-server.ts';
import type { Part } from '../../fixtures/spec/part.ts';

interface ImageSurvey {
  part: string;
  /** With the prefix of a mirror, where one is set or stands in. */
  image: string;
  state: 'present' | 'can be pulled' | 'can be built' | 'unavailable';
}

/** The Docker engine, or why there is none to use. */
export type Docker =
  | { version: string; apiVersion: string; images: ImageSurvey[] }
  | { problem: string };

const answerWithinMs = 5_000;

/** What the reference server's own image is called beside the other parts. */
const own = 'reference server';

/** Asks the engine for its version and for the stack's images, and its registry for those that are not here. Pulls nothing. */
export async function surveyDocker(): Promise<Docker> {
  try {
    const client = await dockerClient(answerWithinMs);
    const { dockerode } = client.container;
    const { Version: version, ApiVersion: apiVersion } = await within(
      answerWithinMs,
      dockerode.version(),
    );
    const look = async ({ name: part, image: official }: Part): Promise<ImageSurvey> => {
      const image = ImageName.fromString(official);
      if (await client.image.exists(image)) return { part, image: image.string, state: 'present' };
      const asked = await Promise.allSettled([
        within(answerWithinMs, dockerode.getImage(image.string).distribution()),
      ]);
      return {
        part,
        image: image.string,
        state: asked[0].status === 'fulfilled' ? 'can be pulled' : 'unavailable',
      };
    };
    const lookAtAll = async () => [
      ...(await Promise.all(parts.filter(({ needed }) => needed !== 'as a base').map(look))),
      ...(await lookAtOwn(client, () => look(nodePart))),
    ];
    const images = await lookAtAll();
    const takesMirror = await mirrorStandsIn(client, images);
    return { version, apiVersion, images: takesMirror ? await lookAtAll() : images };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** As for the gate: where an official image that it needs can be had from nowhere. */
async function mirrorStandsIn(
  client: ContainerRuntimeClient,
  images: readonly ImageSurvey[],
): Promise<boolean> {
  const official = officialImages(
    images.some(({ part, state }) => part === own && state === 'present'),
  );
  const needs = images.some(
    ({ image, state }) => state === 'unavailable' && official.includes(image),
  );
  return needs && (await useOwnMirror(client, official));
}

/** The reference server's image is built here; what it is built on matters only until then. */
async function lookAtOwn(
  client: ContainerRuntimeClient,
  lookAtBase: () => Promise<ImageSurvey>,
): Promise<ImageSurvey[]> {
  const image = await referenceServerImage();
  if (await client.image.exists(ImageName.fromString(image)))
    return [{ part: own, image, state: 'present' }];
  const base = await lookAtBase();
  return [
    base,
    {
      part: own,
      image,
      state: base.state === 'unavailable' ? 'unavailable' : 'can be built',
    },
  ];
}
