import type { Profile } from '../slo/profile.ts';

const maxElements = 100_000;

/** The document says nothing of clocks: so far from ours a service's may be. */
const clockMinutes = 10;
/** Of a check that sees more than clients do. */
const inside = { mayNotRun: 'it needs to see inside the service' };
/** The document's queries find durations in the log by it. */
const pattern = 'completed in (\\d+\\.\\d+)ms';

/** A classifier on Azure Kubernetes Service, behind Azure API Management, with a response cache in Redis. */
export const mlopsAks: Profile = {
  schemaVersion: 1,
  id: 'mlops-aks',
  title: 'MLOps platform on AKS',
  document: '"ML Inference Best Practices Implementation Guide" (001_da5b0db0f22fc4d8.txt)',
  system: 'mlops-aks',
  scenarios: {
    unique: {
      api: 'score',
      model: 'diabetes-classifier',
      payloads: { kind: 'unique' },
      arrivals: { shape: 'constant', perSecond: 300 },
    },
    repeated: {
      api: 'score',
      model: 'diabetes-classifier',
      payloads: { kind: 'repeated', distinct: 200, ttlSeconds: 3600 },
      arrivals: { shape: 'constant', perSecond: 150 },
    },
  },
  targets: [
    {
      id: 'AK-SLO-1',
      kind: 'slo',
      statement: 'p95 of latency is below 200 ms',
      section: 'Overview; SLO Monitoring > Defined SLOs',
      objectives: [
        {
          indicator: 'latency',
          scenario: 'unique',
          quantile: 0.95,
          limitMs: 200,
          limitIs: 'below',
        },
      ],
    },
    {
      id: 'AK-SLO-2',
      kind: 'slo',
      statement: 'p99 of latency is below 500 ms',
      section: 'Overview; SLO Monitoring > Defined SLOs',
      objectives: [
        {
          indicator: 'latency',
          scenario: 'unique',
          quantile: 0.99,
          limitMs: 500,
          limitIs: 'below',
        },
      ],
    },
    {
      id: 'AK-SLO-3',
      kind: 'slo',
      statement: 'Less than 1 % of requests end in an error',
      section: 'Overview; SLO Monitoring > Defined SLOs',
      objectives: [{ indicator: 'wrong-answers', scenario: 'unique', maxShare: 0.01 }],
    },
    {
      id: 'AK-SLO-4',
      kind: 'slo',
      statement: 'The service is available to more than 99.9 % of requests',
      section: 'Overview',
      objectives: [{ indicator: 'unavailability', scenario: 'unique', maxShare: 0.001 }],
    },
    {
      id: 'AK-SLO-5',
      kind: 'slo',
      statement: 'More than 80 % of lookups find the answer in the cache',
      section: 'Performance Tuning > Redis Tuning',
      implied:
        'Counted on repeated traffic, among requests whose body was answered before within the TTL: no cache can hit on a body that it never saw.',
      objectives: [{ indicator: 'cache-misses', scenario: 'repeated', maxShare: 0.2 }],
    },
    {
      id: 'AK-API-1',
      kind: 'api',
      statement:
        'POST /score on port 5001 takes {"data": [[…]]} and answers with predictions and metadata: model_name, model_version, deployment, request_id as <epoch ms>-<number>, inference_time_ms, timestamp in ISO 8601, num_predictions',
      section:
        'Model Versioning & Metrics > Response Metadata; Deployment Checklist > 4. Verify Deployment',
      implied:
        'The times in an answer are within 10 minutes of our clock, and inference takes no longer than the whole request did.',
      checks: [
        { check: 'score-answer', clockMinutes },
        {
          part: 'port 5001',
          notRun:
            'What a service listens on inside says nothing of the port of the URL that leads to it.',
        },
      ],
    },
    {
      id: 'AK-API-2',
      kind: 'api',
      statement:
        '/health answers 200 and status "healthy" with a model loaded, 503 without; it tells status, model_loaded, model_name, model_version, uptime_seconds, total_requests, error_count and error_rate_percent (errors by total, in percent, 2 decimals)',
      section:
        'Health Checks & Probes > Endpoints Available; Health Checks & Probes > Test Health Endpoints',
      checks: [
        { check: 'health-answer' },
        { check: 'health-while-loading', ...inside },
        { check: 'health-counts', ...inside },
      ],
    },
    {
      id: 'AK-API-3',
      kind: 'api',
      statement:
        '/readiness tells whether the service can take traffic; /liveness answers already while the model loads',
      section: 'Health Checks & Probes > Endpoints Available',
      checks: [
        { check: 'probes-ready' },
        { check: 'probes-while-loading', ...inside },
        { check: 'probes-once-loaded', ...inside },
      ],
    },
    {
      id: 'AK-API-4',
      kind: 'api',
      statement:
        'MODEL_NAME, MODEL_VERSION and DEPLOYMENT_NAME of the environment stand in every inference response',
      section:
        'Model Versioning & Metrics > Environment Variables; Model Versioning & Metrics > Response Metadata',
      checks: [{ check: 'environment-in-answer', ...inside }],
    },
    {
      id: 'AK-API-5',
      kind: 'api',
      statement:
        'The gateway allows 100 requests a minute per client address, 1,000,000 a month per subscription key and bodies of 5 MB, gives the backend 30 s, answers CORS, adds a correlation id and the times of request and response, and formats errors alike',
      section: 'API Management & Rate Limiting > Policies Configured',
      notRun:
        'To be decided by the conformance suite in a later version: it needs the gateway as a frontend of its own, which only its own traffic passes.',
    },
    {
      id: 'AK-API-6',
      kind: 'api',
      statement:
        'The server refuses an empty body, more than 10,000,000 characters, more than 100,000 elements, more than 2 dimensions, and by default more than 100 rows or 1,000 features',
      section: 'Input Validation > Protections Implemented',
      implied: 'A refusal has a status of 400 to 499: the document gives none.',
      checks: [
        { check: 'empty-body' },
        { check: 'max-characters', limit: 10_000_000 },
        { check: 'max-elements', limit: maxElements },
        { check: 'dimensions', most: 2 },
        { check: 'max-rows', limit: 100 },
        { check: 'max-features', limit: 1_000 },
      ],
    },
    {
      id: 'AK-API-7',
      kind: 'api',
      statement:
        'An error answer holds error, trace and metadata with request_id, timestamp and model_version',
      section: 'Input Validation > Error Responses',
      implied:
        'An error has a status of 400 to 499, and its times are within 10 minutes of our clock: the document gives neither.',
      checks: [{ check: 'structured-errors', maxElements, clockMinutes }],
    },
    {
      id: 'AK-API-8',
      kind: 'api',
      statement:
        'Answers are cached in Redis under the MD5 of the JSON body for 3,600 s, in 1 GB with LRU eviction, over TLS 1.2 or newer; without Redis the service still works',
      section:
        'Response Caching with Redis > Infrastructure; Response Caching with Redis > Integrate with Inference Code; Deployment Checklist > 1. Infrastructure Setup',
      implied:
        'Without Redis the service works if its predictions are the same and half of its answers come within the 200 ms that 95 % are promised in.',
      checks: [
        { check: 'cache-key', ttlSeconds: 3_600, ...inside },
        { check: 'cache-size', gigabytes: 1, ...inside },
        { check: 'cache-over-tls', least: 'TLSv1.2', ...inside },
        { check: 'cache-evicts-lru', ...inside },
        { check: 'works-without-cache', withinMs: 200, ...inside },
      ],
    },
    {
      id: 'AK-API-9',
      kind: 'api',
      statement:
        'Of 150 calls sent at once from one address to POST /inference/score of the gateway, those after the first 100 are refused',
      section: 'API Management & Rate Limiting > Test Rate Limiting',
      notRun:
        'To be decided by the conformance suite in a later version: it needs the gateway as a frontend of its own.',
    },
    {
      id: 'AK-API-10',
      kind: 'api',
      statement:
        'Error texts name the reason: the body is empty; the payload is too large (>10MB); the array is too large, with its number of elements and the 100,000 allowed',
      section: 'Input Validation > Protections Implemented; Input Validation > Error Responses',
      checks: [{ check: 'error-texts', maxElements, maxMegabytes: 10 }],
    },
    {
      id: 'AK-MET-1',
      kind: 'met',
      statement:
        'The service counts requests and errors and knows when it started; it logs each request with its duration in ms, from which queries compute the error rate and, as P50, P95, P99 and TotalRequests, percentiles and number of requests, each per 5 min',
      section:
        'Model Versioning & Metrics > Tracking Metrics; SLO Monitoring > Log Analytics Queries',
      checks: [
        { check: 'counts-agree', mayNotRun: 'a service need not show its counters' },
        { check: 'start-time', ...inside },
        { check: 'request-log', pattern, ...inside },
      ],
    },
    {
      id: 'AK-MET-2',
      kind: 'met',
      statement:
        'The line of a request reads "Request <id> completed in <ms with 2 decimals>ms", that of a failed one has "Request" and "failed" in it; the documented query finds the duration by the pattern completed in (\\d+\\.\\d+)ms',
      section:
        'Model Versioning & Metrics > Tracking Metrics; SLO Monitoring > Log Analytics Queries',
      checks: [{ check: 'log-lines', pattern, ...inside }],
    },
    {
      id: 'AK-MET-3',
      kind: 'met',
      statement: 'The cache hit rate is known per 5 min; a hit logs "Cache hit for request <id>"',
      section:
        'Response Caching with Redis > Monitor Cache Performance; Response Caching with Redis > Integrate with Inference Code',
      checks: [{ check: 'cache-hit-log', ...inside }],
    },
    {
      id: 'AK-ALERT-1',
      kind: 'alert',
      statement: 'Severity 2: p95 above 200 ms in two 5-minute windows in a row',
      section: 'SLO Monitoring > Defined SLOs; SLO Monitoring > SLO Alerting',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'AK-ALERT-2',
      kind: 'alert',
      statement: 'Severity 3: p99 above 500 ms in two 5-minute windows in a row',
      section: 'SLO Monitoring > Defined SLOs; SLO Monitoring > SLO Alerting',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'AK-ALERT-3',
      kind: 'alert',
      statement:
        'Severity 1: more than 1 % of requests fail in two 5-minute windows in a row; this and the two latency alerts reach the action group by e-mail and webhook',
      section: 'SLO Monitoring > Defined SLOs; SLO Monitoring > SLO Alerting',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, reaches both receivers, resolves and stays silent.',
    },
    {
      id: 'AK-SCALE-1',
      kind: 'scale',
      statement:
        'Between 2 and 10 replicas at 70 % CPU and 80 % memory; up without delay, by no more than 100 % or 4 pods a minute; down after 5 min of stabilisation, without flapping',
      section:
        'Horizontal Pod Autoscaling (HPA) > Configuration; Horizontal Pod Autoscaling (HPA) > Scaling Behavior',
      notRun:
        'To be decided by the autoscaling suite in a later version: a real controller has to make the decisions.',
    },
    {
      id: 'AK-HA-1',
      kind: 'ha',
      statement:
        'Liveness is probed at /liveness on port 5001 after 30 s, every 10 s, with 5 s to answer, and lost at 3 failures; readiness at /readiness on the same port after 10 s, every 5 s, with 3 s to answer, and lost at 2',
      section: 'Health Checks & Probes > Kubernetes Configuration',
      notRun:
        'To be decided by the failover suite in a later version: it measures how long a hung and a loading replica keep their traffic.',
    },
    {
      id: 'AK-HA-2',
      kind: 'ha',
      statement:
        'There are always 2 replicas or more; planned are splitting traffic between model versions and blue/green deployment',
      section: 'Horizontal Pod Autoscaling (HPA) > Configuration; Next Steps',
      notRun:
        'To be decided by the failover suite in a later version: it takes a replica away and moves traffic between versions under load.',
    },
    {
      id: 'AK-SEC-1',
      kind: 'sec',
      statement: 'Input that is not valid never reaches the model',
      section: 'Input Validation > Protections Implemented',
      implied:
        'Not valid is what breaks a documented limit, is no array of numbers in rows of one length, or is no JSON by RFC 8259: UTF-8, and each name once.',
      checks: [{ check: 'invalid-input-stays-out', limit: 100_000, ...inside }],
    },
    {
      id: 'AK-SEC-2',
      kind: 'sec',
      statement:
        'The address and key of Redis come from secrets; the connection uses TLS on port 6380',
      section:
        'Response Caching with Redis > Infrastructure; Response Caching with Redis > Integrate with Inference Code; Deployment Checklist > 3. Configure Model Deployment',
      checks: [
        { check: 'cache-over-tls', least: 'TLSv1.2', ...inside },
        {
          part: 'secrets and port',
          notRun:
            'To be decided by the manifest checks in a later version: there are no generated manifests.',
        },
      ],
    },
    {
      id: 'AK-OPS-1',
      kind: 'ops',
      statement:
        'A pod requests 500m CPU and 1 GiB and may use 2000m and 4 GiB; two pods run at first, labelled app=ml-inference; the Deployment and its Service on port 5001 are called ml-inference, the autoscaler ml-inference-hpa',
      section:
        'Horizontal Pod Autoscaling (HPA) > Deployment; Deployment Checklist > 3. Configure Model Deployment; Deployment Checklist > 4. Verify Deployment',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'AK-OPS-2',
      kind: 'ops',
      statement: 'Gateway and cache have a switch each',
      section:
        'API Management & Rate Limiting > Enable APIM; Response Caching with Redis > Enable Redis Cache',
      checks: [
        { check: 'cache-switchable', ...inside },
        {
          part: 'gateway',
          notRun:
            'To be decided by the conformance suite in a later version: it needs the gateway as a frontend of its own.',
        },
      ],
    },
  ],
  conflicts: [
    {
      statement:
        'The gateway stops bodies at 5 MB, so the server rule and its error text for 10 MB cannot be reached through it.',
      touches: ['AK-API-5', 'AK-API-6', 'AK-API-10'],
    },
    {
      statement:
        'The limit of 100 requests a minute per address caps every load test that goes through the gateway from one machine, so objectives are decided behind it.',
      touches: ['AK-API-5', 'AK-SLO-1', 'AK-SLO-2', 'AK-SLO-3', 'AK-SLO-4', 'AK-SLO-5'],
    },
    {
      statement:
        'Availability is promised above 99.9 %, but then defined as an error rate below 1 %: between 0.1 % and 1 % the promise is broken and no alert says so.',
      touches: ['AK-SLO-4', 'AK-SLO-3', 'AK-ALERT-3'],
    },
    {
      statement:
        'A cache hit returns stored metadata, an old request id and time included, and the key lacks the model version: for an hour after a rollout the old version can still answer.',
      touches: ['AK-API-8', 'AK-API-1', 'AK-API-4'],
    },
    {
      statement:
        'A cache hit logs neither "completed" nor "failed", and hits are to be most of the traffic: no documented indicator sees that part.',
      touches: [
        'AK-SLO-5',
        'AK-MET-1',
        'AK-MET-2',
        'AK-MET-3',
        'AK-ALERT-1',
        'AK-ALERT-2',
        'AK-ALERT-3',
      ],
    },
    {
      statement:
        'The manifest of the checklist sets only the delays of the probes; periods, timeouts and failure counts fall back to defaults.',
      touches: ['AK-HA-1'],
    },
    {
      statement:
        'A batch of 100 rows with 1,000 features is exactly the limit of 100,000 elements: with the default limits the element rule decides nothing that the others do not.',
      touches: ['AK-API-6', 'AK-API-10'],
    },
    {
      statement:
        'Scaling up by "100 % or +4" names no select policy: whether the larger or the smaller step counts is left open.',
      touches: ['AK-SCALE-1'],
    },
    {
      statement:
        'The quota of 1,000,000 a month counts per subscription key, but the documented call sends none.',
      touches: ['AK-API-5', 'AK-API-9'],
    },
  ],
};
