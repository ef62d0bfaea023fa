import type { Check } from '../../runner/check.ts';
import { cacheEvictsLru } from './cache-evicts-lru.ts';
import { cacheHitLog } from './cache-hit-log.ts';
import { cacheKey } from './cache-key.ts';
import { cacheOverTls } from './cache-over-tls.ts';
import { cacheSize } from './cache-size.ts';
import { cacheSwitchable } from './cache-switchable.ts';
import { dimensions } from './dimensions.ts';
import { emptyBody } from './empty-body.ts';
import { environmentInAnswer } from './environment-in-answer.ts';
import { errorTexts } from './error-texts.ts';
import { healthAnswer } from './health-answer.ts';
import { healthCounts } from './health-counts.ts';
import { healthWhileLoading } from './health-while-loading.ts';
import { httpFraming } from './http-framing.ts';
import { httpMethods } from './http-methods.ts';
import { invalidInputStaysOut } from './invalid-input-stays-out.ts';
import { jsonStrictness } from './json-strictness.ts';
import { logLines } from './log-lines.ts';
import { maxCharacters } from './max-characters.ts';
import { maxElements } from './max-elements.ts';
import { maxFeatures } from './max-features.ts';
import { maxRows } from './max-rows.ts';
import { probesOnceLoaded } from './probes-once-loaded.ts';
import { probesReady } from './probes-ready.ts';
import { probesWhileLoading } from './probes-while-loading.ts';
import { requestLog } from './request-log.ts';
import { scoreAnswer } from './score-answer.ts';
import { startTime } from './start-time.ts';
import { structuredErrors } from './structured-errors.ts';
import { v1Batcher } from './v1-batcher.ts';
import { v1ContentType } from './v1-content-type.ts';
import { v1Errors } from './v1-errors.ts';
import { v1Instances } from './v1-instances.ts';
import { v1Method } from './v1-method.ts';
import { v1Models } from './v1-models.ts';
import { v1Predict } from './v1-predict.ts';
import { worksWithoutCache } from './works-without-cache.ts';

/** Of a service that shows nothing but its URL. */
const onAnyUrl = [
  scoreAnswer,
  healthAnswer,
  probesReady,
  emptyBody,
  maxElements,
  maxCharacters,
  maxRows,
  maxFeatures,
  dimensions,
  structuredErrors,
  errorTexts,
  v1Predict,
  v1Errors,
  v1Models,
  v1Instances,
  v1ContentType,
  v1Method,
  httpMethods,
  httpFraming,
  jsonStrictness,
];

/** One server, whose model loads at first. */
const onOneServer = [
  healthWhileLoading,
  probesWhileLoading,
  healthCounts,
  probesOnceLoaded,
  environmentInAnswer,
  requestLog,
  startTime,
  logLines,
  cacheHitLog,
  invalidInputStaysOut,
  cacheKey,
  cacheSize,
];

/** The last of them kills Redis. */
const onSmallCache = [cacheOverTls, cacheEvictsLru, worksWithoutCache];

/** In the order in which they are done: those of one stack next to each other, so that it is brought up once. */
export const checks: readonly Check[] = [
  ...onAnyUrl,
  ...onOneServer,
  ...onSmallCache,
  cacheSwitchable,
  v1Batcher,
];
