import type { Profile } from '../slo/profile.ts';

/** Models of several sizes on KServe, with training, database, storage and network beside them. */
export const kserveMlops: Profile = {
  schemaVersion: 1,
  id: 'kserve-mlops',
  title: 'MLOps platform on KServe',
  document: '"Performance Tuning Guide" of an MLOps platform on KServe (004_55c8df23473cbd52.txt)',
  system: 'kserve-mlops',
  scenarios: {
    // Rates low enough for two cores and high enough for a p99 to be decided in about 45 s (some 1,250 requests without a bad one).
    small: {
      api: 'kserve-v1',
      model: 'small',
      payloads: { kind: 'unique' },
      arrivals: { shape: 'constant', perSecond: 60 },
    },
    medium: {
      api: 'kserve-v1',
      model: 'medium',
      payloads: { kind: 'unique' },
      arrivals: { shape: 'constant', perSecond: 50 },
    },
    large: {
      api: 'kserve-v1',
      model: 'large',
      payloads: { kind: 'unique' },
      arrivals: { shape: 'constant', perSecond: 30 },
    },
    // The document's own load line: 60 s from 10 concurrent clients.
    benchmark: {
      api: 'kserve-v1',
      model: 'small',
      payloads: { kind: 'unique' },
      arrivals: { shape: 'closed', concurrency: 10 },
      durationSeconds: 60,
    },
  },
  targets: [
    {
      id: 'KS-SLO-1',
      kind: 'slo',
      statement: 'Small models (under 100 MB): p50 below 50 ms, p99 below 100 ms',
      section: 'Inference Performance > Latency Targets',
      objectives: [
        { indicator: 'latency', scenario: 'small', quantile: 0.5, limitMs: 50, limitIs: 'below' },
        { indicator: 'latency', scenario: 'small', quantile: 0.99, limitMs: 100, limitIs: 'below' },
      ],
    },
    {
      id: 'KS-SLO-2',
      kind: 'slo',
      statement: 'Medium models (100 MB to 1 GB): p50 below 100 ms, p99 below 200 ms',
      section: 'Inference Performance > Latency Targets',
      objectives: [
        { indicator: 'latency', scenario: 'medium', quantile: 0.5, limitMs: 100, limitIs: 'below' },
        {
          indicator: 'latency',
          scenario: 'medium',
          quantile: 0.99,
          limitMs: 200,
          limitIs: 'below',
        },
      ],
    },
    {
      id: 'KS-SLO-3',
      kind: 'slo',
      statement: 'Large models (over 1 GB): p50 below 200 ms, p99 below 500 ms',
      section: 'Inference Performance > Latency Targets',
      objectives: [
        { indicator: 'latency', scenario: 'large', quantile: 0.5, limitMs: 200, limitIs: 'below' },
        { indicator: 'latency', scenario: 'large', quantile: 0.99, limitMs: 500, limitIs: 'below' },
      ],
    },
    {
      id: 'KS-SLO-4',
      kind: 'slo',
      statement:
        'Language models and transformers, which need a GPU: p50 below 500 ms, p99 below 2 s',
      section: 'Inference Performance > Latency Targets',
      notRun:
        'To be decided by the load suite in a later version: the reference server has no language model with continuous batching and a key-value cache.',
    },
    {
      id: 'KS-SLO-5',
      kind: 'slo',
      statement:
        'A benchmark of 60 s with 10 concurrent clients: more than 100 requests/s (as far as the model allows), p99 below 500 ms, errors below 0.1 %',
      section: 'Benchmarking > Inference Benchmarking',
      objectives: [
        { indicator: 'throughput', scenario: 'benchmark', minPerSecond: 100 },
        {
          indicator: 'latency',
          scenario: 'benchmark',
          quantile: 0.99,
          limitMs: 500,
          limitIs: 'below',
        },
        { indicator: 'failures', scenario: 'benchmark', maxShare: 0.001 },
      ],
    },
    {
      id: 'KS-SLO-6',
      kind: 'slo',
      statement:
        'A database query takes less than 100 ms, storage moves more than 100 MB/s, services reach each other in less than 10 ms',
      section: 'Benchmarking > Performance Checklist; Summary',
      notRun:
        'To be decided by the load suite in a later version: the stack has no database and no object storage to measure.',
    },
    {
      id: 'KS-SLO-7',
      kind: 'slo',
      statement:
        'A GPU that trains is busy for more than 80 %, uses 60 to 90 % of its memory and draws nearly the power it may',
      section: 'Training Performance > GPU Utilization; Summary',
      notRun:
        'To be decided by the load suite in a later version: the reference server does not train.',
    },
    {
      id: 'KS-SLO-8',
      kind: 'slo',
      statement:
        'Gains in latency and memory: INT8 2 to 4 times and 4 times, pruning 1.5 to 2 and 2 to 3, distillation 2 to 5 and 5 to 10, ONNX 1.2 to 2 in latency alone, TensorRT 2 to 6 and 2',
      section: 'Inference Performance > KServe Inference Optimization',
      notRun:
        'To be decided by the load suite in a later version: it needs the same model with and without each technique.',
    },
    {
      id: 'KS-API-1',
      kind: 'api',
      statement:
        'POST /v1/models/{name}:predict as in KServe V1; for throughput an annotation turns on batches of 32 that wait no longer than 100 ms',
      section:
        'Benchmarking > Inference Benchmarking; Inference Performance > KServe Inference Optimization',
      // What V1's own pages say of :predict. Of lists, methods and content types neither they nor the document say anything that a service
      // would break; KServe's own server does not answer those checks as HTTP would have it.
      checks: [
        { check: 'v1-predict' },
        { check: 'v1-errors' },
        {
          check: 'v1-batcher',
          size: 32,
          waitMs: 100,
          mayNotRun: 'the batcher is turned on by an annotation, and only inside can it be seen',
        },
      ],
    },
    {
      id: 'KS-SCALE-1',
      kind: 'scale',
      statement:
        'Between 2 and 10 replicas, at 70 % CPU and inference_requests_per_second of 100 per pod on average',
      section: 'Inference Performance > KServe Inference Optimization',
      notRun:
        'To be decided by the autoscaling suite in a later version: a real controller has to make the decisions.',
    },
    {
      id: 'KS-SCALE-2',
      kind: 'scale',
      statement: 'Autoscaling responds within 30 s',
      section: 'Benchmarking > Performance Checklist',
      implied:
        'Which response is meant is not said: both the decision and the new replica being ready are measured.',
      notRun:
        'To be decided by the autoscaling suite in a later version: it measures from the rise in load to the decision and to the ready replica.',
    },
    {
      id: 'KS-HA-1',
      kind: 'ha',
      statement:
        'No process is killed for want of memory, and memory use stays level: nothing leaks',
      section: 'Benchmarking > Performance Checklist',
      notRun:
        'To be decided by the load suite in a later version: a leak shows only under a longer load than the gate runs.',
    },
    {
      id: 'KS-SEC-1',
      kind: 'sec',
      statement: 'Inference pods accept connections from the ingress controller on 8080 only',
      section: 'Network Optimization > Network Policies',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'KS-SEC-2',
      kind: 'sec',
      statement:
        'The mesh lets a namespace reach itself and istio-system, and only services in its registry',
      section: 'Network Optimization > Service Mesh Tuning',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'KS-OPS-1',
      kind: 'ops',
      statement:
        'Inference has priority 1,000,000 and training 100,000, neither being the default; inference displaces training',
      section: 'Kubernetes Tuning > Pod Priority Classes',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'KS-OPS-2',
      kind: 'ops',
      statement:
        'An inference pod requests 500m CPU and 1 GiB and may use 2 CPU and 4 GiB; a GPU is optional',
      section: 'Inference Performance > KServe Inference Optimization',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'KS-OPS-3',
      kind: 'ops',
      statement:
        'Up to 10 training tasks run in parallel, each requesting 4 CPU, 16 GiB and 1 GPU and limited to 8 CPU, 32 GiB and 1 GPU, tolerating GPU nodes',
      section: 'Training Performance > Argo Workflows Optimization',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'KS-OPS-4',
      kind: 'ops',
      statement:
        'The pool to PostgreSQL holds 10 connections and 20 more at need, with a timeout of 30; the server has the listed parameters (shared_buffers 4GB as 25 % of memory, work_mem 256MB, max_connections 200 and others) and four indexes',
      section: 'Database Optimization > PostgreSQL (RDS/Cloud SQL) Tuning',
      notRun:
        'The stack has no PostgreSQL: a database check is to decide it in a later version, on a server with these settings.',
    },
    {
      id: 'KS-OPS-5',
      kind: 'ops',
      statement:
        'Transfers of 8 MB or more go in parts of 8 MB, 10 at once; the storage class gives 16,000 IOPS and binds when the first pod needs it',
      section:
        'Storage Performance > Object Storage (S3/GCS/Blob); Storage Performance > Persistent Volume Performance',
      notRun:
        'The stack has no object storage: a storage check and the manifest checks are to decide it in a later version.',
    },
    {
      id: 'KS-OPS-6',
      kind: 'ops',
      statement:
        'The kubelet gives out CPUs statically and reconciles every 10 s, keeps 500m and 1 GiB for the system and as much for Kubernetes, and evicts at 500 MiB of memory or 10 % of disk',
      section: 'Kubernetes Tuning > Node Configuration',
      notRun:
        'To be decided by the manifest checks in a later version: there is no generated kubelet configuration.',
    },
    {
      id: 'KS-OPS-7',
      kind: 'ops',
      statement:
        'The namespace may request 100 CPU, 200 GiB and 8 GPUs, use up to 200 CPU, 400 GiB and 8 GPUs, and claim 20 volumes',
      section: 'Kubernetes Tuning > Resource Quotas',
      notRun:
        'To be decided by the manifest checks in a later version: an API server has to admit and refuse pods.',
    },
  ],
  conflicts: [
    {
      statement:
        'A batch that does not fill waits 100 ms, which alone breaks p50 below 50 ms and p50 below 100 ms.',
      touches: ['KS-API-1', 'KS-SLO-1', 'KS-SLO-2'],
    },
    {
      statement:
        '10 concurrent clients never fill a batch of 32, so every one of their requests sits out the 100 ms, and fewer than 100 requests/s get through. The objectives are therefore decided without the batcher.',
      touches: ['KS-API-1', 'KS-SLO-5'],
    },
    {
      statement:
        "By Little's law 100 requests/s from 10 concurrent clients need a mean below 100 ms; large models (p50 up to 200 ms) and language models (500 ms) may take longer.",
      touches: ['KS-SLO-5', 'KS-SLO-3', 'KS-SLO-4'],
    },
    {
      statement:
        'The summary asks for p99 below 500 ms of all inference; the table allows language models 2 s.',
      touches: ['KS-SLO-4', 'KS-SLO-5'],
    },
    {
      statement:
        '10 parallel tasks with 1 GPU each exceed the quota of 8 GPUs; a quota is checked at admission, before priorities could displace anything.',
      touches: ['KS-OPS-3', 'KS-OPS-7', 'KS-OPS-1'],
    },
    {
      statement:
        'Training is meant to be displaced, but its own class may displace lower ones as well.',
      touches: ['KS-OPS-1'],
    },
    {
      statement:
        'Ingress from the ingress controller alone blocks the documented benchmark, which calls from inside the cluster, and every scrape, on which the custom metric of the autoscaler depends.',
      touches: ['KS-SEC-1', 'KS-SLO-5', 'KS-SCALE-1'],
    },
    {
      statement:
        'The autoscaler is pointed at an InferenceService, which has no scale subresource: it can change nothing.',
      touches: ['KS-SCALE-1', 'KS-SCALE-2'],
    },
    {
      statement:
        'Static CPUs are for Guaranteed pods only; requests of both documented pods differ from their limits, so they are Burstable.',
      touches: ['KS-OPS-6', 'KS-OPS-2', 'KS-OPS-3'],
    },
    {
      statement:
        '200 connections with work_mem of 256MB each can ask for 51,200 MB, more than three times the 16 GB that shared_buffers of 4GB at 25 % imply.',
      touches: ['KS-OPS-4'],
    },
  ],
};
