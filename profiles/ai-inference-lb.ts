import type { Profile } from '../slo/profile.ts';

/** GPU inference behind an AWS load balancer, with PostgreSQL, Redis and MongoDB. */
export const aiInferenceLb: Profile = {
  schemaVersion: 1,
  id: 'ai-inference-lb',
  title: 'AI inference behind a load balancer',
  document: '"AI Inference Load Balancing Configuration" (003_5bd45ed6e5bb3719.txt)',
  scenarios: {},
  targets: [
    {
      id: 'LB-SLO-1',
      kind: 'slo',
      statement: 'p50 of latency is below 500 ms',
      section: 'Load Testing > Expected Results',
      notRun:
        'To be decided by the load suite in a later version: it needs the reference server to be set up as this system.',
    },
    {
      id: 'LB-SLO-2',
      kind: 'slo',
      statement: 'p95 of latency is below 2 s, the objective in the first sentence of the document',
      section: 'Overview; Load Testing > Expected Results',
      notRun:
        'To be decided by the load suite in a later version: it needs the reference server to be set up as this system.',
    },
    {
      id: 'LB-SLO-3',
      kind: 'slo',
      statement: 'p99 of latency is below 3 s',
      section: 'Load Testing > Expected Results',
      notRun:
        'To be decided by the load suite in a later version: it needs the reference server to be set up as this system.',
    },
    {
      id: 'LB-SLO-4',
      kind: 'slo',
      statement: 'Less than 1 % of requests end in an error',
      section: 'Load Testing > Expected Results',
      notRun:
        'To be decided by the load suite in a later version: it needs the reference server to be set up as this system.',
    },
    {
      id: 'LB-SLO-5',
      kind: 'slo',
      statement:
        'Throughput is 1,000 requests/s or more, measured with 10,000 requests from 100 concurrent clients',
      section: 'Load Testing > Basic Load Test; Load Testing > Expected Results',
      notRun:
        'To be decided by the load suite in a later version: it needs the reference server to be set up as this system.',
    },
    {
      id: 'LB-API-1',
      kind: 'api',
      statement:
        'POST /api/v1/inference takes conversation_context (a list) and user_input (a text); GET /api/v1/health on port 8000 tells the health and whether the databases can be reached',
      section: 'Load Testing > Basic Load Test; Troubleshooting > High Error Rate',
      notRun:
        'To be decided by the conformance suite in a later version: the reference server does not speak this wire format.',
    },
    {
      id: 'LB-API-2',
      kind: 'api',
      statement:
        'Batches hold up to 8 requests, common answers stay in Redis for 1 h, and each pod pools 100 connections',
      section: 'Performance Optimization > Response Time (<2s SLO)',
      notRun:
        'To be decided by the conformance suite in a later version: it reads batch sizes, lifetimes in Redis and open connections.',
    },
    {
      id: 'LB-API-3',
      kind: 'api',
      statement: 'Rate limits and feature flags are set by configuration',
      section: 'Components > 4. Configuration (`configmap.yaml`)',
      notRun:
        'To be decided by the conformance suite in a later version: it changes both by configuration and looks for the effect.',
    },
    {
      id: 'LB-API-4',
      kind: 'api',
      statement: 'Models are in memory before they are asked for',
      section: 'Performance Optimization > Response Time (<2s SLO)',
      implied: 'The first request after a pod is ready does not wait for a model to load.',
      notRun:
        'To be decided by the conformance suite in a later version: it times the first request after readiness.',
    },
    {
      id: 'LB-MET-1',
      kind: 'met',
      statement:
        'Port 9090 serves at /metrics inference_response_time_seconds (histogram), inference_requests_total, inference_errors_total, gpu_utilization (percent), inference_queue_depth and cache_hit_rate',
      section: 'Monitoring > Metrics; Performance Optimization > Response Time (<2s SLO)',
      notRun:
        'To be decided by the observability suite in a later version: it needs the metric names of this system.',
    },
    {
      id: 'LB-ALERT-1',
      kind: 'alert',
      statement:
        'Critical: response time above 2 s; which percentile, and for how long, is not said',
      section: 'Monitoring > Alerts',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'LB-ALERT-2',
      kind: 'alert',
      statement: 'Critical: more than 5 % of requests end in an error',
      section: 'Monitoring > Alerts',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'LB-ALERT-3',
      kind: 'alert',
      statement: 'Critical: a pod has not been ready for 5 min',
      section: 'Monitoring > Alerts',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'LB-ALERT-4',
      kind: 'alert',
      statement: 'Critical: a model could not be loaded',
      section: 'Monitoring > Alerts',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'LB-ALERT-5',
      kind: 'alert',
      statement: 'Warning: GPU use above 95 %',
      section: 'Monitoring > Alerts',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'LB-ALERT-6',
      kind: 'alert',
      statement: 'Warning: memory use above 90 %',
      section: 'Monitoring > Alerts',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'LB-ALERT-7',
      kind: 'alert',
      statement: 'Warning: the request queue is deep; the threshold is not said',
      section: 'Monitoring > Alerts',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'LB-ALERT-8',
      kind: 'alert',
      statement: 'Warning: the cache is hit too seldom; the threshold is not said',
      section: 'Monitoring > Alerts',
      notRun:
        'To be decided by the observability suite in a later version: it proves that the alert fires, resolves and stays silent.',
    },
    {
      id: 'LB-SCALE-1',
      kind: 'scale',
      statement:
        'Between 3 and 20 replicas, at CPU 70 %, memory 75 %, GPU 70 %, 50 requests/s per pod, p95 of 1.5 s and a queue of 10',
      section: 'Components > 3. Horizontal Pod Autoscaler (`hpa.yaml`)',
      notRun:
        'To be decided by the autoscaling suite in a later version: a real controller has to make the decisions.',
    },
    {
      id: 'LB-SCALE-2',
      kind: 'scale',
      statement:
        'Up after 30 s of stabilisation by as many as 4 pods at once; down after 5 min by 1 pod at a time',
      section: 'Components > 3. Horizontal Pod Autoscaler (`hpa.yaml`)',
      notRun:
        'To be decided by the autoscaling suite in a later version: a real controller has to make the decisions.',
    },
    {
      id: 'LB-SCALE-3',
      kind: 'scale',
      statement: 'By schedule there are 3 replicas in off-hours and 10 at peak',
      section: 'Cost Optimization > Resource Efficiency',
      notRun:
        'To be decided by the autoscaling suite in a later version: it moves the clock of the schedule.',
    },
    {
      id: 'LB-HA-1',
      kind: 'ha',
      statement:
        'The balancer checks every 10 s with 5 s to answer; 2 checks mark a pod up, 2 mark it down; idle connections close after 5 min; TLS ends here; the access log goes to object storage',
      section:
        'Components > 1. Load Balancer (`load-balancer.yaml`); Performance Optimization > Load Balancing Strategy',
      notRun:
        'To be decided by the failover suite in a later version: it measures how long a dead replica keeps getting requests.',
    },
    {
      id: 'LB-HA-2',
      kind: 'ha',
      statement: 'A session stays with its pod for 1 h',
      section:
        'Components > 1. Load Balancer (`load-balancer.yaml`); Performance Optimization > Load Balancing Strategy',
      notRun:
        'To be decided by the failover suite in a later version: it follows sessions until their affinity ends.',
    },
    {
      id: 'LB-HA-3',
      kind: 'ha',
      statement: 'A pod that leaves has 60 s to drain',
      section: 'Performance Optimization > Load Balancing Strategy',
      implied: 'No request is cut off by draining.',
      notRun:
        'To be decided by the failover suite in a later version: it drains a replica under load.',
    },
    {
      id: 'LB-HA-4',
      kind: 'ha',
      statement:
        'A rolling update adds 1 pod and misses none, sends traffic only to ready pods, and causes no downtime',
      section: 'High Availability > Fault Tolerance',
      notRun:
        'To be decided by the failover suite in a later version: it updates all replicas under load.',
    },
    {
      id: 'LB-HA-5',
      kind: 'ha',
      statement:
        '3 replicas or more are spread over zones by anti-affinity; a disruption budget keeps 2 available',
      section: 'High Availability > Fault Tolerance',
      notRun:
        'To be decided by the failover suite in a later version: it evicts pods and takes a zone away.',
    },
    {
      id: 'LB-HA-6',
      kind: 'ha',
      statement:
        'Liveness is probed every 30 s, readiness every 10 s; a pod may take 5 min to start',
      section: 'Components > 2. Deployment (`deployment.yaml`)',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'LB-HA-7',
      kind: 'ha',
      statement:
        'Three Services: one outside on 80 and 443 (network load balancer, across zones), one headless straight to the pods, one inside the cluster',
      section: 'Components > 1. Load Balancer (`load-balancer.yaml`)',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'LB-SEC-1',
      kind: 'sec',
      statement:
        'Pods run as user 1001, not root, on a read-only root file system, cannot gain privileges, and drop every capability',
      section: 'Security > Pod Security',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'LB-SEC-2',
      kind: 'sec',
      statement:
        'Only the balancer, the web application and monitoring may connect; pods may reach only the databases, DNS and HTTPS',
      section: 'Security > Network Policies',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'LB-SEC-3',
      kind: 'sec',
      statement:
        'One secret holds postgres-host, postgres-db, postgres-user, postgres-password, redis-password and mongodb-uri; no manifest holds any of them',
      section: 'Security > Secrets Management',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'LB-SEC-4',
      kind: 'sec',
      statement: 'The balancer lets in listed address ranges and nobody else',
      section: 'Deployment > Configuration',
      notRun:
        'To be decided by the conformance suite in a later version: it calls from addresses on and off the list.',
    },
    {
      id: 'LB-OPS-1',
      kind: 'ops',
      statement:
        'A pod has 2 to 4 cores, 8 to 16 GB and one GPU, and reaches PostgreSQL, Redis and MongoDB',
      section: 'Components > 2. Deployment (`deployment.yaml`); Architecture',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'LB-OPS-2',
      kind: 'ops',
      statement:
        'Model volumes are backed up as snapshots, the database to object storage, configuration in Git; a restore applies the manifests, then checks the pods and /api/v1/health',
      section: 'High Availability > Disaster Recovery',
      notRun:
        'To be decided by the failover suite in a later version: it restores a backup and checks the service.',
    },
    {
      id: 'LB-OPS-3',
      kind: 'ops',
      statement:
        'Pods for spot nodes choose node-lifecycle: spot and tolerate the NoSchedule taint spot=true',
      section: 'Cost Optimization > Resource Efficiency',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
    {
      id: 'LB-OPS-4',
      kind: 'ops',
      statement:
        'Names: namespace pixelated-prod, label component=ai-inference, Deployment ai-inference, autoscaler ai-inference-hpa; applied in this order: configuration, Deployment, balancer, autoscaler',
      section: 'Deployment > Installation; Performance Optimization > Response Time (<2s SLO)',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
  ],
  conflicts: [
    {
      statement:
        "By Little's law 1,000 requests/s from 100 concurrent clients need a mean of 100 ms or less; a p50 just below 500 ms keeps its own limit and misses the throughput by far.",
      touches: ['LB-SLO-5', 'LB-SLO-1'],
    },
    {
      statement:
        '20 pods at 50 requests/s each are exactly the 1,000 requests/s asked for: nothing is left for the loss of a pod.',
      touches: ['LB-SCALE-1', 'LB-SLO-5'],
    },
    {
      statement:
        'At 1,000 requests/s the 10,000 requests last 10 s, less than the 30 s of stabilisation: the 3 pods that are there take all of them.',
      touches: ['LB-SLO-5', 'LB-SCALE-1', 'LB-SCALE-2'],
    },
    {
      statement:
        'Affinity by client address ties a load generator on a single machine to a single pod.',
      touches: ['LB-HA-2', 'LB-SLO-5'],
    },
    {
      statement:
        'The objective is an error rate below 1 %, the only alert begins at 5 %: in between nobody is told.',
      touches: ['LB-SLO-4', 'LB-ALERT-2'],
    },
    {
      statement:
        'Connections may idle for 5 min because inference may be long, but draining ends after 60 s: longer requests are cut.',
      touches: ['LB-HA-1', 'LB-HA-3'],
    },
    {
      statement:
        'A pod may take 5 min to start, and a pod that is not ready for 5 min is critical: a slow but healthy start pages.',
      touches: ['LB-HA-6', 'LB-ALERT-3'],
    },
    {
      statement: 'Replica numbers set by hand or by schedule are undone by the autoscaler.',
      touches: ['LB-SCALE-3', 'LB-SCALE-1'],
    },
    {
      statement:
        'The installation tells its reader to write credentials and API keys into deployment.yaml; the security section keeps them in a secret, which has no API keys.',
      touches: ['LB-SEC-3'],
    },
  ],
};
