import type { Profile } from '../slo/profile.ts';

/** MatrixInfer: models served on Kubernetes by the resources Model and ModelInfer. */
export const matrixinfer: Profile = {
  schemaVersion: 1,
  id: 'matrixinfer',
  title: 'MatrixInfer on Kubernetes',
  document: 'MatrixInfer documentation, "Best Practices" (000_6a1831d774704e0b.txt)',
  scenarios: {},
  targets: [
    {
      id: 'MI-SLO-1',
      kind: 'slo',
      statement:
        '95 % of inferences take 2 s or less: the document sets no objective, this is where its latency alert (5 min) begins',
      section: 'Monitoring and Observability > Alerting',
      notRun:
        'To be decided by the load suite in a later version: it needs the reference server to be set up as this system.',
    },
    {
      id: 'MI-API-1',
      kind: 'api',
      statement:
        'The server batches requests: 8 in a batch at most (MAX_BATCH_SIZE), none waits longer than 100 ms (BATCH_TIMEOUT_MS)',
      section: 'Performance Optimization > Model Optimization',
      notRun:
        'To be decided by the conformance suite in a later version: it sends bursts and lone requests and reads the batch sizes and waits.',
    },
    {
      id: 'MI-API-2',
      kind: 'api',
      statement:
        'ENABLE_RESPONSE_CACHE turns on a response cache, which then answers a request that was seen before',
      section: 'Performance Optimization > Model Optimization',
      notRun:
        'To be decided by the conformance suite in a later version: it repeats a request with the cache on and off.',
    },
    {
      id: 'MI-API-3',
      kind: 'api',
      statement:
        'Requests with the header priority: high go to a pool of their own with a timeout of 30 s, all others to the standard pool with 60 s',
      section: 'Performance Optimization > Load Balancing',
      notRun:
        'To be decided by the conformance suite in a later version: it needs two pools behind the balancer.',
    },
    {
      id: 'MI-MET-1',
      kind: 'met',
      statement:
        'Measured are request rate and latency percentiles, load time and memory of models, errors by type, and the use of CPU, memory and GPU',
      section: 'Monitoring and Observability > Metrics Collection',
      notRun:
        'To be decided by the observability suite in a later version: it looks for a series for each of them.',
    },
    {
      id: 'MI-MET-2',
      kind: 'met',
      statement:
        'Metrics stand at /metrics on port 9090 and a ServiceMonitor scrapes them every 15 s; ENABLE_METRICS turns them on',
      section: 'Monitoring and Observability > Metrics Collection',
      implied:
        'With ENABLE_METRICS off there are no metrics; the document only shows it set to true.',
      notRun:
        'To be decided by the conformance suite in a later version: it starts the server with metrics on and off.',
    },
    {
      id: 'MI-MET-3',
      kind: 'met',
      statement:
        'The alert rules find the histogram matrixinfer_inference_duration_seconds, the counter matrixinfer_model_load_failures_total and the job matrixinfer',
      section: 'Monitoring and Observability > Alerting',
      notRun:
        'To be decided by the observability suite in a later version: it needs the metric names of this system.',
    },
    {
      id: 'MI-ALERT-1',
      kind: 'alert',
      statement: 'ModelInferenceDown, critical: up has been 0 for 1 min',
      section: 'Monitoring and Observability > Alerting',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'MI-ALERT-2',
      kind: 'alert',
      statement:
        'HighInferenceLatency, warning: p95 of the last 5 min has been above 2 s for 5 min',
      section: 'Monitoring and Observability > Alerting',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'MI-ALERT-3',
      kind: 'alert',
      statement:
        'ModelLoadingFailed, critical: a model failed to load in the last 5 min, for 1 min',
      section: 'Monitoring and Observability > Alerting',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'MI-SCALE-1',
      kind: 'scale',
      statement: 'The high-availability section scales between 3 and 20 replicas at 60 % CPU',
      section: 'Production Deployment > High Availability',
      notRun:
        'To be decided by the autoscaling suite in a later version: a real controller has to make the decisions.',
    },
    {
      id: 'MI-SCALE-2',
      kind: 'scale',
      statement:
        'The autoscaling section scales between 3 and 50 replicas at 60 % CPU and 70 % memory; up by 50 % per 60 s after 60 s of stabilisation, down by 10 % per 60 s after 300 s',
      section: 'Performance Optimization > Autoscaling Configuration',
      notRun:
        'To be decided by the autoscaling suite in a later version: a real controller has to make the decisions.',
    },
    {
      id: 'MI-SCALE-3',
      kind: 'scale',
      statement: 'Replicas also follow inference_queue_length, 10 per pod on average',
      section: 'Performance Optimization > Autoscaling Configuration',
      notRun:
        'To be decided by the autoscaling suite in a later version: a real controller has to read the queue length as a custom metric.',
    },
    {
      id: 'MI-SCALE-4',
      kind: 'scale',
      statement: 'A schedule holds 10 replicas from 08:00 until 18:00 UTC',
      section: 'Cost Optimization > Resource Efficiency',
      notRun:
        'To be decided by the autoscaling suite in a later version: it moves the clock of the schedule.',
    },
    {
      id: 'MI-HA-1',
      kind: 'ha',
      statement:
        'At least 3 replicas, an odd number of them, no two in one zone, so that the service outlives a zone',
      section: 'Production Deployment > High Availability',
      notRun:
        'To be decided by the failover suite in a later version: it takes a whole zone away under load.',
    },
    {
      id: 'MI-HA-2',
      kind: 'ha',
      statement: 'Sessions stick to no replica: load is even over all of them',
      section: 'Performance Optimization > Load Balancing',
      notRun:
        'To be decided by the conformance suite in a later version: it compares the shares of the replicas.',
    },
    {
      id: 'MI-HA-3',
      kind: 'ha',
      statement:
        'The service can be taken back to an earlier model version and an image known to be good, both by name',
      section: 'Disaster Recovery > Recovery Procedures',
      notRun:
        'To be decided by the failover suite in a later version: it rolls a release back under load.',
    },
    {
      id: 'MI-HA-4',
      kind: 'ha',
      statement:
        'The Service is of type LoadBalancer: a network load balancer that balances across zones',
      section: 'Performance Optimization > Load Balancing',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-HA-5',
      kind: 'ha',
      statement:
        'A lost model comes back in four steps: its artifact is verified, the Model recreated, the ModelInfer deployed with health checks, traffic returned little by little',
      section: 'Disaster Recovery > Recovery Procedures',
      notRun:
        'To be decided by the failover suite in a later version: it rehearses the four steps in their order.',
    },
    {
      id: 'MI-SEC-1',
      kind: 'sec',
      statement:
        'Pods accept connections from the API gateway on 8080 only, and open them to the model registry on 443 only',
      section: 'Production Deployment > Security',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-SEC-2',
      kind: 'sec',
      statement:
        'The operator role may get, list and watch models; on modelinfers also create, update and patch, not delete; nothing beyond',
      section: 'Production Deployment > Security',
      notRun:
        'To be decided by the manifest checks in a later version: an API server has to be asked what the role may do.',
    },
    {
      id: 'MI-SEC-3',
      kind: 'sec',
      statement:
        'LOG_REQUESTS=false keeps payloads out of every log; AUDIT_ENABLED=true records who used which model',
      section: 'Compliance and Governance > Data Privacy',
      notRun:
        'To be decided by the conformance suite in a later version: it sends marked payloads and searches all logs for them.',
    },
    {
      id: 'MI-SEC-4',
      kind: 'sec',
      statement:
        'Secrets come from outside the cluster: a SecretStore on Vault, KV version 2, signing in as a Kubernetes role',
      section: 'Production Deployment > Security',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-SEC-5',
      kind: 'sec',
      statement: 'Model data is encrypted where it is stored and on its way',
      section: 'Compliance and Governance > Data Privacy',
      notRun:
        'To be decided by the manifest checks in a later version: encryption at rest is a property of the storage class; TLS needs the conformance suite.',
    },
    {
      id: 'MI-SEC-6',
      kind: 'sec',
      statement:
        'A RoleBinding makes a named engineer a model deployer, and the role it refers to exists',
      section: 'Compliance and Governance > Model Governance',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-OPS-1',
      kind: 'ops',
      statement: 'Logs are JSON at level INFO and carry a correlation id',
      section: 'Monitoring and Observability > Logging',
      implied: 'Every log line of a request carries its id; the document only switches the id on.',
      notRun:
        'To be decided by the conformance suite in a later version: it reads the logs of requests with known ids.',
    },
    {
      id: 'MI-OPS-2',
      kind: 'ops',
      statement:
        'While a model loads there is memory for 2 to 3 times its size; GPU memory and its fragmentation are watched',
      section: 'Production Deployment > Resource Planning',
      notRun:
        'To be decided by the observability suite in a later version: it needs the load peak and the fragmentation as series.',
    },
    {
      id: 'MI-OPS-3',
      kind: 'ops',
      statement: 'With ENABLE_PROFILING port 6060 serves profiles; without it the port is closed',
      section: 'Troubleshooting > Debugging Tools',
      notRun:
        'To be decided by the conformance suite in a later version: it starts the server with profiling on and off.',
    },
    {
      id: 'MI-OPS-4',
      kind: 'ops',
      statement: 'The model cache holds 2 GiB (MODEL_CACHE_SIZE), on a volume that holds 10 GiB',
      section: 'Performance Optimization > Model Optimization',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-OPS-5',
      kind: 'ops',
      statement: 'Application logs pass a filter and go to Elasticsearch over https',
      section: 'Monitoring and Observability > Logging',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-OPS-6',
      kind: 'ops',
      statement:
        'The models, modelinfers, modelservers and modelroutes of all namespaces are saved to a file with its time in its name, copied elsewhere and verified; artifacts are kept in versions',
      section: 'Disaster Recovery > Backup Strategies',
      notRun:
        'To be decided by the manifest checks in a later version: a backup has to be taken from an API server and restored.',
    },
    {
      id: 'MI-OPS-7',
      kind: 'ops',
      statement:
        'A model of 7 billion parameters (about 14 GB) requests 4 CPU and 16 GiB and may use 8 CPU and 32 GiB',
      section: 'Production Deployment > Resource Planning',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-OPS-8',
      kind: 'ops',
      statement:
        'Pods choose nodes with accelerator: nvidia-tesla-v100 and tolerate the NoSchedule taint nvidia.com/gpu, whatever its value',
      section: 'Production Deployment > Resource Planning',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-OPS-9',
      kind: 'ops',
      statement:
        'Pods for spot nodes choose node-lifecycle: spot and tolerate the NoSchedule taint spot-instance=true',
      section: 'Cost Optimization > Resource Efficiency',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-OPS-10',
      kind: 'ops',
      statement: 'A namespace may request 20 CPU, 100 GiB, 4 GPUs and 10 volume claims',
      section: 'Cost Optimization > Multi-tenancy',
      notRun:
        'To be decided by the manifest checks in a later version: an API server has to admit and refuse pods.',
    },
    {
      id: 'MI-OPS-11',
      kind: 'ops',
      statement:
        'Critical inference has a PriorityClass of value 1000, which is not the default of the cluster',
      section: 'Cost Optimization > Multi-tenancy',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'MI-OPS-12',
      kind: 'ops',
      statement: 'Inference runs in INT8 on a CPU and in FP16 on a GPU, and the server says which',
      section: 'Performance Optimization > Model Optimization',
      notRun:
        'To be decided by the conformance suite in a later version: the server has to report its precision.',
    },
  ],
  conflicts: [
    {
      statement:
        'Required anti-affinity by zone leaves room for one pod per zone: without 10, 20 or 50 zones the other replicas stay pending.',
      touches: ['MI-HA-1', 'MI-SCALE-1', 'MI-SCALE-2', 'MI-SCALE-4'],
    },
    {
      statement:
        'Replicas are to be odd in number, but both maxima (20, 50) and the scheduled 10 are even.',
      touches: ['MI-HA-1', 'MI-SCALE-1', 'MI-SCALE-2', 'MI-SCALE-4'],
    },
    {
      statement:
        'The quota of 20 CPU admits 5 pods of 4 CPU each: none of the scaling targets beyond 5 replicas can be reached.',
      touches: ['MI-OPS-10', 'MI-OPS-7', 'MI-SCALE-1', 'MI-SCALE-2', 'MI-SCALE-4'],
    },
    {
      statement:
        'The scheduled scaler names no minimum, so its default of 0 applies and the floor of 3 replicas is lost outside 08:00 to 18:00; it also adds a second autoscaler to the same workload.',
      touches: ['MI-SCALE-4', 'MI-SCALE-1', 'MI-SCALE-2', 'MI-HA-1'],
    },
    {
      statement: 'Ingress on 8080 alone blocks the scrape of port 9090 and profiling on port 6060.',
      touches: ['MI-SEC-1', 'MI-MET-2', 'MI-OPS-3'],
    },
    {
      statement:
        'Egress to the registry on 443 alone leaves out DNS, so the name of the registry cannot be resolved.',
      touches: ['MI-SEC-1'],
    },
    {
      statement:
        'Ingress from the namespace of the API gateway alone shuts out clients that come through the load balancer.',
      touches: ['MI-SEC-1', 'MI-HA-4'],
    },
    {
      statement:
        'Network policy and ServiceMonitor select app: matrixinfer, the anti-affinity selects app: my-model-infer: no pod with one app label is covered by all three.',
      touches: ['MI-SEC-1', 'MI-MET-2', 'MI-HA-1'],
    },
    {
      statement:
        'Loading needs 2 to 3 times 14 GB, which is 28 to 42 GB; the request is 16 GiB (17.2 GB) and even the limit of 32 GiB (34.4 GB) is below the upper end.',
      touches: ['MI-OPS-2', 'MI-OPS-7'],
    },
    {
      statement:
        'A model of 14 GB fits neither the cache of 2 GiB nor the volume of 10 GiB (10.7 GB).',
      touches: ['MI-OPS-4', 'MI-OPS-7'],
    },
    {
      statement:
        'The role model-deployer and the filter matrixinfer-filter are referred to, but defined nowhere.',
      touches: ['MI-SEC-6', 'MI-OPS-5'],
    },
    {
      statement:
        'A ServiceMonitor names the job after the Service, so job="matrixinfer" matches only if the Service has that very name.',
      touches: ['MI-ALERT-1', 'MI-MET-3'],
    },
  ],
};
